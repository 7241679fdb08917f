#!/usr/bin/env python3
"""Rejects statements whose temporaries g++ 12 destroys twice (docs/coroutines.md).

The rule: one co_await per statement, and beside it only named values, calls and plain class
temporaries. A full expression with a co_await (or co_yield) may not also contain
  - another co_await,
  - braces: initialisers and aggregates,
  - a lambda that captures by value,
  - the ?: operator,
  - throw.
Nor may a coroutine have a braced default argument, which hides such braces in every call.

Usage: coro_lint.py FILE...
To suppress a statement, put a comment on one of its lines:  // coro-lint: ok(why it is safe)
"""

import re
import sys
from collections import namedtuple
from pathlib import Path

Token = namedtuple("Token", "text line")

TOKEN = re.compile(
    r"""(?P<directive>^[ \t]*\#(?:[^\n\\]|\\.)*)
      | (?P<space>[^\S\n]+|\n|\\\n)
      | (?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<raw>(?:u8|[uUL])?R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)")
      | (?P<literal>(?:u8|[uUL])?(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
      | (?P<number>\.?\d(?:[eEpP][+-]|'\w|[\w.])*)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<symbol>::|->|\.\.\.|&&|[^\s\w])""",
    re.X | re.S | re.M,
)
SUPPRESS = re.compile(r"coro-lint:\s*ok\(\s*[^)\s]")

CLOSER = {"(": ")", "[": "]", "{": "}"}
AWAITS = {"co_await", "co_yield"}
HEADS = {"if", "for", "while", "switch", "catch"}
TYPES = {"namespace", "class", "struct", "union", "enum"}
# Words before a `[` that opens a lambda; after any other word it is a subscript.
BEFORE_LAMBDA = {"return", "co_return", "co_await", "co_yield", "case", "else", "throw", "do"}

LAMBDA = "<lambda>"
COPYING_LAMBDA = "<lambda capturing by value>"


def tokenize(text):
    """The tokens, and the lines with a suppressing comment."""
    tokens, suppressed, line = [], set(), 1
    for match in TOKEN.finditer(text):
        kind = match.lastgroup if match.lastgroup != "mark" else "raw"
        if kind == "comment" and SUPPRESS.search(match[0]):
            suppressed.add(line)
        elif kind in ("raw", "literal"):
            tokens.append(Token('""', line))
        elif kind in ("number", "word", "symbol"):
            tokens.append(Token(match[0], line))
        line += match[0].count("\n")
    return tokens, suppressed


class Parser:
    """Divides a token stream into full expressions, each a flat list of tokens. The body of a lambda
    is divided into expressions of its own; in the enclosing expression, one token represents it."""

    def __init__(self, tokens):
        self.tokens = tokens
        self.at = 0
        self.expressions = []

    def parse(self):
        while self.at < len(self.tokens):
            self.block(in_function=False)
        return self.expressions

    def peek(self, ahead=0):
        index = self.at + ahead
        return self.tokens[index].text if index < len(self.tokens) else ""

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def finish(self, expression):
        if expression:
            self.expressions.append(list(expression))
            expression.clear()

    def block(self, in_function):
        """Reads statements up to and including the closing brace."""
        statement = []
        while self.at < len(self.tokens):
            text = self.peek()
            if text == "}":
                self.take()
                break
            if text == ";":
                self.take()
                self.finish(statement)
            elif text == ":" and self.is_label(statement):
                self.take()
                statement.clear()
            elif in_function and not statement and text in HEADS:
                self.head()
            elif in_function and not statement and text in ("else", "do", "try"):
                self.take()
            elif text == "{" and self.opens_block(statement, in_function):
                body = in_function or self.has_parameters(statement)
                self.finish(statement)
                self.take()
                self.block(in_function=body)
            else:
                self.piece(statement)
        self.finish(statement)

    @staticmethod
    def is_label(statement):
        first = statement[0].text if statement else ""
        if first in ("case", "default"):
            return "?" not in (token.text for token in statement)
        return first in ("public", "protected", "private") or len(statement) == 1

    def head(self):
        """`if (...)` and its like: each part of the parenthesis is a full expression."""
        self.take()
        while self.peek() in ("constexpr", "co_await"):
            self.take()
        if self.peek() != "(":
            return  # `if consteval`
        self.take()
        part = []
        while self.at < len(self.tokens) and self.peek() != ")":
            if self.peek() == ";":
                self.take()
                self.finish(part)
            else:
                self.piece(part)
        self.finish(part)
        if self.at < len(self.tokens):
            self.take()

    def opens_block(self, statement, in_function):
        """Whether the brace after these tokens opens statements or declarations, rather than an
        initialiser."""
        if not statement:
            return True
        words = [token.text for token in self.outer(statement)]
        if not self.has_parameters(statement):
            return bool(TYPES & set(words)) or words[:1] == ["extern"]
        if in_function:
            return False
        if "=" in words and "operator" not in words:
            return False  # `auto f = g(x){`: a variable
        last = statement[-1].text
        in_member_initialisers = ":" in words
        if in_member_initialisers:
            return last in (")", "}")
        return not (last == ")" and self.requires_parameters(statement))

    @staticmethod
    def requires_parameters(statement):
        """Whether the parenthesis at the end belongs to a requires expression."""
        depth = 0
        for index in range(len(statement) - 1, -1, -1):
            depth += {")": 1, "(": -1}.get(statement[index].text, 0)
            if depth == 0:
                return index > 0 and statement[index - 1].text == "requires"
        return False

    def has_parameters(self, statement):
        return any(token.text == "(" for token in self.outer(statement, keep_openers=True))

    @staticmethod
    def outer(statement, keep_openers=False):
        """The tokens outside every bracket."""
        depth = 0
        for token in statement:
            if token.text in CLOSER:
                if depth == 0 and keep_openers:
                    yield token
                depth += 1
            elif token.text in CLOSER.values():
                depth -= 1
            elif depth == 0:
                yield token

    def piece(self, out):
        """Moves one token, one bracketed group or one lambda into the expression."""
        text = self.peek()
        if text == "[" and self.peek(1) == "[":
            self.attribute()
        elif text == "[" and self.opens_lambda(out):
            self.lambda_expression(out)
        elif text in CLOSER:
            self.group(out)
        else:
            out.append(self.take())

    def group(self, out):
        opener = self.take()
        out.append(opener)
        while self.at < len(self.tokens):
            text = self.peek()
            if text in CLOSER.values():
                out.append(self.take())
                return
            self.piece(out)

    def attribute(self):
        while self.at < len(self.tokens) and not (self.peek() == self.peek(1) == "]"):
            self.take()
        self.at += 2

    @staticmethod
    def opens_lambda(out):
        if not out:
            return True
        last = out[-1].text
        if last == "auto":
            return False  # a structured binding
        if last in ("&", "&&") and len(out) > 1 and out[-2].text == "auto":
            return False
        if re.match(r"\w", last):
            return last in BEFORE_LAMBDA
        return last not in (")", "]", '""', LAMBDA, COPYING_LAMBDA)

    def lambda_expression(self, out):
        line = self.tokens[self.at].line
        captures = []
        self.group(captures)
        head = []
        while self.at < len(self.tokens) and self.peek() not in ("{", ";", "}"):
            self.piece(head)
        if self.peek() != "{":  # not a lambda after all
            out += captures + head
            return
        # Default arguments and the like belong to the lambda, not to the expression around it.
        self.finish(head)
        self.take()
        self.block(in_function=True)
        out.append(Token(COPYING_LAMBDA if captures_by_value(captures) else LAMBDA, line))


def captures_by_value(captures):
    depth, capture, all_captures = 0, [], []
    for token in captures[1:-1]:
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.text, 0)
        if token.text == "," and depth == 0:
            all_captures.append(capture)
            capture = []
        else:
            capture.append(token.text)
    all_captures.append(capture)
    return any(c and c[0] != "&" and c != ["this"] for c in all_captures)


def problems_of(expression):
    words = [token.text for token in expression]
    awaits = sum(
        word in AWAITS and before != "operator" for before, word in zip(["", *words], words)
    )
    if awaits:
        if awaits > 1:
            yield "more than one co_await in a statement"
        if "{" in words:
            yield "braces beside a co_await"
        if COPYING_LAMBDA in words:
            yield "a lambda capturing by value beside a co_await"
        if "?" in words:
            yield "?: beside a co_await"
        if "throw" in words:
            yield "throw beside a co_await"
    elif declares_coroutine_with_braced_default(words):
        yield "a braced default argument of a coroutine"


def declares_coroutine_with_braced_default(words):
    """Task<...> name(..., Type option = Type{})"""
    if "Task" not in words or "(" not in words or "{" not in words:
        return False
    parameters = words.index("(")
    if "Task" not in words[:parameters] or "=" in words[:parameters]:
        return False
    depth, after_equals = 0, False
    for word in words[parameters:]:
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth == 0:
            return False
        if depth == 1 and word in ("=", ","):
            after_equals = word == "="
        if word == "{" and after_equals:
            return True
    return False


def check(text):
    """Returns (line, problem) pairs for one source text."""
    tokens, suppressed = tokenize(text)
    found = []
    for expression in Parser(tokens).parse():
        lines = range(expression[0].line, expression[-1].line + 1)
        if suppressed.isdisjoint(lines):
            marked = [token.line for token in expression if token.text in AWAITS]
            line = (marked or lines)[0]
            found += [(line, problem) for problem in problems_of(expression)]
    return sorted(found)


def main(files):
    problems = 0
    for file in files:
        for line, problem in check(Path(file).read_text(encoding="utf-8")):
            print(f"{file}:{line}: {problem}")
            problems += 1
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
