"""Inputs that are answered with their own number."""


def its_number(talk):
    talk.keep_alive = True
    talk.reply(talk.request.query.encode() + b"\n")


def numbered(server, n):
    """`n` URLs; each answers with its number, from 0."""
    url = server.serve("/", its_number)
    return [f"{url}?{i}" for i in range(n)]


def text(lines):
    """The bytes of these lines for stdin."""
    return "".join(line + "\n" for line in lines).encode()


def numbers_in(output):
    return [int(line) for line in output.split()]
