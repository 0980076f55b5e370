"""Other engines, measured beside ours; installed under instance/bench when asked, never a part of the product."""
