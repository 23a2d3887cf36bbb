/** How a list of needs is ordered, and what keeps it so: where there is no pointer the order holds until a press, as in `useHeldOrder`. */
export function OrderHolds() {
  return (
    <>
      By severity, then impact. <span className="[@media(hover:none)]:hidden">Order holds while you point at it.</span>
      <span className="hidden [@media(hover:none)]:inline">Order holds until you ask for what is new.</span>
    </>
  );
}
