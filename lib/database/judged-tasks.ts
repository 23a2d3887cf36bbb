// How many tasks of each stage and arm of a rollout were judged? Counted from every task; kept in rollout_task_count while it is judged.

/** The columns of rollout_task_count behind its first; a task in shadow is done by both. $1 rollout. */
export const JUDGED_TASKS = `
  SELECT stage_index, arm, count(*) FILTER (WHERE exclusion IS NULL)::int AS known,
         count(*) FILTER (WHERE exclusion = 'crossed')::int AS crossed, count(*) FILTER (WHERE exclusion = 'early')::int AS early, count(*) FILTER (WHERE exclusion = 'moved_unit')::int AS moved_unit
  FROM (
    SELECT stage_index, arm, exclusion FROM assignment WHERE rollout_id = $1 AND judged_at IS NOT NULL
    UNION ALL
    SELECT stage_index, 'candidate', NULL FROM assignment WHERE rollout_id = $1 AND judged_at IS NOT NULL AND shadow_values IS NOT NULL AND exclusion IS NULL
  ) task GROUP BY 1, 2`;
