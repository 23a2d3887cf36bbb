/** Says it before a press does: this person may look at everything and change nothing. The reason opens as text. */
export function ReadOnly({ reason }: { reason: string }) {
  return (
    <>
      <button type="button" className="env read-only" popoverTarget="read-only-why">Read only</button>
      <div id="read-only-why" className="read-only-why" popover="auto">{reason}</div>
    </>
  );
}
