"""What the integration tests stand on: real processes, real sockets, a client that hides nothing."""
