"""Messages to people: their text, the outbox, the demo's inbox."""
