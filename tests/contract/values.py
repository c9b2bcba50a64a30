"""Values from schemas: right ones, those at the edges, and broken ones. Whether a broken one is wrong is not claimed here:
ask the validator."""

import string
import uuid

TEXTS = ["hello", "Привет, мир", "日本語テキスト", "👩‍👩‍👧‍👦🏳️‍🌈", "e\u0301\u0302\u0303", "\u202eright to left", "a\u200bb\ufeffc", "' or 1=1 --", "<script>alert(1)</script>",
         "%s%n%x", "../../etc/passwd", "#тег #tag_1", "\"quoted phrase\" -not", "*", "-", "\\", "a\tb\r\nc", "\x01\x1f\x7f", "\uffff\U0010ffff", "ß ﬁ İ ǆ", "   ",
         "null", "0", "true", "O'Brien; drop table posts", "{{x}}", "\u00a0", "a" * 64]
INTEGERS = [0, 1, -1, 2, 7, 100, 101, 2**31 - 1, 2**31, -2**31, 2**53, 2**63 - 1, -2**63]
JUNK = [None, True, False, 0, -1, 1.5, 1e308, 2**63, -2**63 - 1, 10**30, "", " ", "\0", "a\0b", "x" * 5000, "1", "null", [], {}, [[]], [None], {"a": 1},
        "\ud800", "\u202e", "2026-02-30", "9999-12-31T23:59:60Z", [1] * 300, {"$ne": None}, "NaN"]
MISSING = object()
UNKNOWN = "unknown_member"  # no document describes it: ignored, of any size


class Values:
    def __init__(self, random, document, hints, good=False):
        self.random = random
        self.document = document
        self.hints = hints  # (name, schema) -> values that may fit
        self.good = good    # rather what will succeed than what lies at an edge

    def chance(self, share):
        return self.random.random() < share

    def make(self, schema, name="", depth=0):
        """One that is right, as far as the schema tells; often at an edge of it."""
        schema = self.document.resolve(schema)
        if "anyOf" in schema or "oneOf" in schema:
            return self.make(self._branch(schema.get("anyOf") or schema["oneOf"]), name, depth)
        if "enum" in schema:
            return schema["enum"][0] if self.good and self.chance(0.7) else self.random.choice(schema["enum"])
        if "const" in schema:
            return schema["const"]
        kind = schema.get("type", "string")
        if isinstance(kind, list):
            kind = "null" if "null" in kind and self.chance(0.15) else self.random.choice([one for one in kind if one != "null"])
        known = self._known(schema, name, kind)
        return known if known is not MISSING else getattr(self, f"_{kind}")(schema, name, depth)

    def _branch(self, branches):
        nulls = [one for one in branches if one.get("type") == "null"]
        others = [one for one in branches if one.get("type") != "null"]
        return nulls[0] if nulls and self.chance(0.15) else self.random.choice(others)

    def _known(self, schema, name, kind):
        if kind in ("object", "array"):
            return MISSING
        hints = self.hints(name, schema)
        if hints and (self.good or self.chance(0.8)):
            return self.random.choice(hints)
        if "examples" in schema and self.chance(0.6):
            return self.random.choice(schema["examples"])
        return MISSING

    def _null(self, schema, name, depth):
        return None

    def _boolean(self, schema, name, depth):
        return self.chance(0.5)

    def _integer(self, schema, name, depth):
        low, high = schema.get("minimum", -2**63), schema.get("maximum", 2**63 - 1)
        if schema.get("format") == "int32":
            low, high = max(low, -2**31), min(high, 2**31 - 1)
        edges = [low, high, low + 1, high - 1, *INTEGERS, self.random.randrange(1, 50)]
        return self.random.choice([one for one in edges if low <= one <= high])

    def _number(self, schema, name, depth):
        low, high = schema.get("minimum", -1e9), schema.get("maximum", 1e9)
        return self.random.choice([low, high, self.random.uniform(low, high)])

    def _string(self, schema, name, depth):
        made = self._formatted(schema.get("format"))
        if made is not None:
            return made
        low, high = schema.get("minLength", 0), schema.get("maxLength", 300)
        text = self.random.choice(TEXTS)
        roll = self.random.random()
        roll = 1 if self.good else roll
        length = low if roll < 0.1 else high if roll < 0.18 else min(max(len(text), low), high)
        return (text * (length // len(text) + 1))[:length]

    def _formatted(self, kind):
        if kind == "email":
            return f"u{self.random.getrandbits(40):x}@example.com"
        if kind == "uuid":
            return str(uuid.UUID(int=self.random.getrandbits(128)))
        if kind == "date":
            return f"{self.random.choice([1, 1900, 1970, 1999, 2024, 9999]):04}-{self.random.randrange(1, 13):02}-{self.random.randrange(1, 29):02}"
        if kind == "date-time":
            return f"{self.random.choice([1, 1970, 2024, 2038, 9999]):04}-0{self.random.randrange(1, 10)}-2{self.random.randrange(0, 9)}T23:59:59.999Z"
        if kind == "uri":
            return "https://example.com/" + "".join(self.random.choices(string.ascii_lowercase, k=5))
        return None

    def _array(self, schema, name, depth):
        low, high = schema.get("minItems", 0), schema.get("maxItems", 5)
        roll = self.random.random()
        count = low if roll < 0.15 else min(high, 200) if roll < 0.2 else self.random.randint(low, min(high, low + 4))
        return [self.make(schema.get("items", {}), name, depth + 1) for _ in range(count)]

    def _object(self, schema, name, depth):
        members, required = schema.get("properties", {}), schema.get("required", [])
        share = 1 if self.good else self.random.choice([0, 0.5, 0.8, 1])
        return {key: self.make(child, key, depth + 1) for key, child in members.items()
                if key in required or (depth < 4 and self.chance(share) and not (self.good and self._refers(child, key)))}

    def _refers(self, schema, name):
        """Whether it names something else, which may be gone."""
        schema = self.document.resolve(schema)
        item = self.document.resolve(schema.get("items", schema))
        is_reference = name.endswith(("_id", "_of")) or item.get("format") == "uuid"
        return is_reference and (self.chance(0.8) or not self.hints(name, item))

    def broken(self, schema, value, name=""):
        """The value with one change somewhere, most of which make it wrong."""
        schema = self.document.resolve(schema)
        members = schema.get("properties", {})
        if isinstance(value, dict) and members and self.chance(0.9):
            changed = dict(value)
            key = self.random.choice(sorted(members))
            roll = self.random.random()
            if roll < 0.3 and changed:
                changed.pop(key if key in changed else self.random.choice(sorted(changed)))
            elif roll < 0.35:
                changed[UNKNOWN] = self.random.choice(JUNK)
            else:
                changed[key] = self.broken(members[key], changed.get(key), key)
            return changed
        if isinstance(value, list) and value and "items" in schema and self.chance(0.6):
            changed = list(value)
            index = self.random.randrange(len(changed))
            changed[index] = self.broken(schema["items"], changed[index], name)
            return changed
        return self._beyond(schema) if self.chance(0.3) else self.random.choice(JUNK)

    def _beyond(self, schema):
        """Just outside of a bound, where there is one."""
        beyond = [schema["minimum"] - 1] if "minimum" in schema else []
        beyond += [schema["maximum"] + 1] if "maximum" in schema else []
        beyond += ["x" * (schema["minLength"] - 1)] if schema.get("minLength") else []
        beyond += ["ж" * (schema["maxLength"] + 1)] if "maxLength" in schema else []
        beyond += [[self.make(schema.get("items", {})) for _ in range(schema["maxItems"] + 1)]] if "maxItems" in schema else []
        return self.random.choice(beyond or JUNK)
