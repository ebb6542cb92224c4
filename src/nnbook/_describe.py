"""What a layer says of itself: how it was made, and where in a model it stands."""

from inspect import Parameter, signature
from textwrap import indent
from typing import TypeVar

from nnbook._checks import refuse, show

T = TypeVar("T")
PLACE = "in layer "


def described(layer: object) -> str:
    """The call that makes such a layer, as far as it keeps its arguments; inner layers a line each.

    Defaults are left out, and the source of random numbers.
    """
    own, inner, kept = [], [], vars(layer)
    for name, parameter in signature(type(layer)).parameters.items():
        if name == "rng" or name not in kept:
            continue
        value = kept[name]
        if parameter.kind is Parameter.VAR_POSITIONAL:
            inner = [indent(f"{i}: {member!r}", "  ") for i, member in enumerate(value)]
        elif parameter.kind is Parameter.VAR_KEYWORD:
            own += [f"{option}={chosen!r}" for option, chosen in value.items()]
        elif parameter.default is Parameter.empty:
            own.append(repr(value))
        elif show(value) != show(parameter.default):
            own.append(f"{name}={value!r}")
    lines = "\n".join(["", *inner, ""]) if inner else ""
    return f"{type(layer).__name__}({', '.join(own)}{lines})"


def tell_place(error: ValueError, i: int, layer: object) -> None:
    """Begin the message with the layer that it comes from, numbered as in names of parameters."""
    message = str(error)
    deeper = message.removeprefix(PLACE)  # of a model in the model
    told = f"{i} ({type(layer).__name__}): {message}" if deeper == message else f"{i}.{deeper}"
    error.args = (PLACE + told,)


def check_members(layers: tuple[T, ...], kind: type) -> tuple[T, ...]:
    """Refuse what is no layer, and layers in a list."""
    for layer in layers:
        if isinstance(layer, list | tuple):
            raise refuse("layers", "given as arguments, not in a list", show(layer))
        if not isinstance(layer, kind):
            raise refuse("layers", "layers", show(layer))
    return layers
