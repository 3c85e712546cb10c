from urllib.parse import parse_qs

_MOST_FIELDS = 10


def form_of(body: bytes) -> dict[str, str]:
    """Read a form of one of our pages; one that has more fields than ours is none of ours."""
    try:
        fields = parse_qs(body.decode(errors="replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}
