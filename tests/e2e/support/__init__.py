"""What the end-to-end tests are written with: the tool, the servers it talks to, and the pace of this machine."""
