-- Segments are counted by the chance that their tasks had of going to the candidate. What was counted without is counted again from every task: at the next outcome, and of a rollout that is over whenever its page is opened.
DELETE FROM "rollout_segment";
