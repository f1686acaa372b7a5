"""The sentences that say why: of states, of flags, of what could not be read."""
