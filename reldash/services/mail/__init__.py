"""Email: the text of messages, the outbox, the demo's inbox."""
