// Finds or installs what the tests need beside Node.
