"""The node kinds as SpiffWorkflow specs of our own; each mends what SpiffWorkflow 3.2 does otherwise."""
