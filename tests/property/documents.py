"""Random JSON documents and pointers into them, and what Python's reader finds there.

A document is a tree first: an object is a list of pairs, so that a key may occur twice, an array is a Values, and
everything else is text as it will be written."""

import json
import re
import sys

KEYS = ["a", "b", "c", "", "a/b", "m~n", "~1", " ", "\u00e9", "e\u0301", "0", "1", "2", "-", "00", "\U0001f600",
        "\"q\"", "\\", "a\tb", "n\nl", "\x7f", "k" * 70]
NUMBERS = ["0", "-0", "1", "-1", "0.0", "-0.0", "1e0", "1E+2", "1e-2", "9007199254740992", "9007199254740993",
           "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
           "18446744073709551615", "18446744073709551616", "1e308", "1e309", "-1e400", "5e-324", "4e-325", "0.1",
           "1e-9999", "123456789012345678901234567890", "0.30000000000000004", "1" * 400, "0." + "3" * 400, "1.0",
           "1.50", "100e-2"]
CHARACTERS = ["a", "z", "/", "~", "\"", "\\", "\t", "\n", "\r", "\b", "\f", "\0", "\x1b", "\x7f", "\u0080",
              "\u00e9", "\u2028", "\ufeff", "\ufffd", "\uffff", "\ud7ff", "\ue000", "\U00010000", "\U0010ffff",
              "\U0001f600", " ", "'", "<"]
HALVES = ["\\ud800", "\\udfff", "\\udc00\\ud800", "\\ud83d", "\\uD83Dx"]
SHORT = {"\"": "\\\"", "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "/": "\\/"}
DEEPEST = 1024
MARK = "\ufeff"

sys.setrecursionlimit(20_000)  # for json, with which documents are read


class Values(list):
    """The elements of an array."""


# Making documents

def written_character(chance, character):
    forms = []
    if character not in "\"\\" and character >= " ":
        forms += [character] * 3
    if character in SHORT:
        forms.append(SHORT[character])
    units = character.encode("utf-16-be")
    escaped = "".join("\\u%04x" % int.from_bytes(units[i:i + 2], "big") for i in range(0, len(units), 2))
    forms.append(escaped if chance.random() < 0.5 else escaped.upper().replace("\\U", "\\u"))
    return chance.choice(forms)


def written_string(chance, text):
    return '"' + "".join(written_character(chance, character) for character in text) + '"'


def random_string(chance):
    if chance.random() < 0.04:
        return '"' + chance.choice(HALVES) + '"'
    if chance.random() < 0.03:
        return '"' + chance.choice("xy\u00e9") * chance.choice((63, 64, 65, 4096, 70_000)) + '"'
    return written_string(chance, chance.choices(CHARACTERS, k=chance.randrange(8)))


def random_leaf(chance):
    kind = chance.randrange(4)
    if kind == 0:
        return chance.choice(["true", "false", "null"])
    if kind == 1:
        return chance.choice(NUMBERS)
    if kind == 2:
        return "%s%d%s" % (chance.choice(["", "-"]), chance.randrange(10 ** chance.randrange(1, 25)),
                           chance.choice(["", ".5", ".25e+7", "E-3"]))
    return random_string(chance)


def random_tree(chance, depth):
    kind = chance.random()
    if depth == 0 or kind < 0.3:
        return random_leaf(chance)
    if kind < 0.6:
        return Values(random_tree(chance, depth - 1) for _ in range(chance.randrange(5)))
    return [[chance.choice(KEYS), random_tree(chance, depth - 1)] for _ in range(chance.randrange(5))]


def with_value(chance, tree, tokens, value):
    """The tree with a value at the place of these tokens, whatever was in the way."""
    if not tokens:
        return value
    token, rest = tokens[0], tokens[1:]
    if isinstance(tree, Values) and index_of(token) is not None:
        index = index_of(token)
        tree.extend(random_leaf(chance) for _ in range(index + 1 - len(tree)))
        tree[index] = with_value(chance, tree[index], rest, value)
        return tree
    if not isinstance(tree, list) or isinstance(tree, Values):
        tree = Values() if index_of(token) is not None and chance.random() < 0.5 else []
        return with_value(chance, tree, tokens, value)
    for pair in tree:
        if pair[0] == token:
            pair[1] = with_value(chance, pair[1], rest, value)
            return tree
    tree.insert(chance.randrange(len(tree) + 1), [token, with_value(chance, [], rest, value)])
    return tree


def written(chance, tree, space):
    """The text of a tree; space() is the white space between two tokens."""
    if isinstance(tree, str):
        return tree
    if isinstance(tree, Values):
        inner = (space() + "," + space()).join(written(chance, each, space) for each in tree)
        return "[" + space() + inner + space() + "]"
    inner = (space() + "," + space()).join(
        written_string(chance, key) + space() + ":" + space() + written(chance, value, space) for key, value in tree)
    return "{" + space() + inner + space() + "}"


def random_pointers(chance):
    """Lists of tokens."""
    tokens = KEYS[:14]
    pointers = [chance.choices(tokens, k=chance.randrange(1, 4)) for _ in range(chance.randrange(1, 5))]
    if chance.random() < 0.2:
        pointers.insert(chance.randrange(len(pointers) + 1), [])
    if chance.random() < 0.3:
        pointers.append(chance.choice(pointers)[:1])
    return pointers


def pointer_text(tokens):
    return "".join("/" + token.replace("~", "~0").replace("/", "~1") for token in tokens)


def random_document(chance, pointers, of_a_line):
    """Bytes: usually JSON, usually with values at all the pointers. The document of a line has no line end."""
    tree = random_tree(chance, chance.randrange(1, 6))
    for pointer in pointers:
        if chance.random() < 0.95:
            tree = with_value(chance, tree, pointer, random_tree(chance, chance.choice((0, 0, 0, 2))))
    if chance.random() < 0.03:
        deep = chance.choice((3, 1000, 1022, 1023, 1024, 1025, 1100))
        tree = [["deep", "[" * deep + "]" * deep], ["the rest", tree]]
    spaces = chance.choice([[""], ["", " "], ["", "\t", " \r "] if of_a_line else ["", "\n", "\r\n  ", "\t"]])
    text = written(chance, tree, lambda: chance.choice(spaces))
    text = chance.choice(spaces) + text + chance.choice(spaces)
    if chance.random() < 0.1 and not of_a_line:
        text = MARK * chance.choice((1, 1, 2)) + text
    document = text.encode()
    if chance.random() < 0.1:
        document = damaged(chance, document)
    return document.replace(b"\n", b"") if of_a_line else document


def damaged(chance, document):
    at = chance.randrange(len(document) + 1)
    put = chance.choice([b"", b",", b"}", b"]", b"\"", b"\\", b"\0", b"\xff", b"\xed\xa0\x80", b"1", b"-", b" ",
                         b"NaN", b"//", b"\x1f", b"\x0c", b"\\u12", b"'", b":"])
    return document[:at] + put + document[at + chance.randrange(3):]


# Reading them

class Written(str):
    """A number as it was written."""


class Pairs(list):
    """The members of an object in their order."""


def no_constant(name):
    raise ValueError(name)


READER = json.JSONDecoder(object_pairs_hook=Pairs, parse_float=Written, parse_int=Written, parse_constant=no_constant)


def read(document):
    """The value of a document; None instead of a list if it is not JSON."""
    try:
        text = document.decode()
        value = READER.decode(text[1:] if text.startswith(MARK) else text)
    except ValueError:
        return None
    return [value] if depth_of(value) <= DEEPEST else None


def depth_of(value):
    depth, level = 0, [value]
    while level := [each for each in level if isinstance(each, list)]:
        depth += 1
        level = [inner[1] if isinstance(each, Pairs) else inner for each in level for inner in each]
    return depth


def index_of(token):
    return int(token) if re.fullmatch(r"0|[1-9][0-9]*", token) else None


def find(value, tokens):
    """The values at a pointer, none or one. Of equal keys the first counts."""
    for token in tokens:
        if isinstance(value, Pairs):
            inner = [each for key, each in value if key == token][:1]
        elif isinstance(value, list) and index_of(token) is not None:
            inner = value[index_of(token):][:1]
        else:
            inner = []
        if not inner:
            return []
        value = inner[0]
    return [value]


def is_column(column, value):
    """Whether runnel's column shows this value of Python."""
    if value is None or isinstance(value, bool):
        return column == json.dumps(value).encode()
    if isinstance(value, Written):
        return column == value.encode()
    if isinstance(value, str):
        return column == value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").encode()
    between_strings = re.sub(rb'"(?:[^"\\]|\\.)*"', b"", column, flags=re.DOTALL)
    return not re.search(rb"\s", between_strings) and READER.decode(column.decode()) == value


def is_printable(value):
    """A string with half of a surrogate pair is no text. Within an object or array it stays as it was written."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return False
    return True


def values_at(document, pointers):
    """The values that --extract prints for a document; None if it has to fail."""
    root = read(document)
    found = [find(root[0], tokens) for tokens in pointers] if root else [[]]
    return [value for (value,) in found] if all(each and is_printable(each[0]) for each in found) else None
