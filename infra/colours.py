"""The colours that a library may choose for its pages, each in the light and in the dark (RULES 57)."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$", description="as six digits: #0017c1")]
# What text and what lies under it differ by at least (WCAG 1.4.3).
CONTRAST = 4.5


class Shades(BaseModel):
    """The library's colour as it is used: links and buttons, and what lies under them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    link: Colour
    accent: Colour
    accent_hover: Colour
    accent_active: Colour
    accent_wash: Colour
    accent_wash_strong: Colour
    accent_line: Colour


LIGHT = Shades(
    link="#00118f",
    accent="#0017c1",
    accent_hover="#00118f",
    accent_active="#000060",
    accent_wash="#e8f1fe",
    accent_wash_strong="#c5d7fb",
    accent_line="#9db7f9",
)
DARK = Shades(
    link="#b9cdff",
    accent="#9db7f9",
    accent_hover="#b9cdff",
    accent_active="#d9e6ff",
    accent_wash="#1b2540",
    accent_wash_strong="#2a3a66",
    accent_line="#5271c4",
)


# Under the text, and of the text on a button: --paper and --on-accent in web/css/tokens.css.
_PAPER = {"light": "#ffffff", "dark": "#14171f"}
_ON_ACCENT = {"light": "#ffffff", "dark": "#0b1026"}


class Colours(BaseModel):
    """A library's colours; unless it chooses, the blue of the Digital Agency's design system."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    light: Shades = LIGHT
    dark: Shades = DARK

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        faint = [f"{scheme}.{name}" for scheme in ("light", "dark") for name in _faint(scheme, getattr(self, scheme))]
        if faint:
            raise ValueError(f"the contrast is below {CONTRAST}, so it cannot be read: {', '.join(faint)}")
        return self


def _faint(scheme: str, shades: Shades) -> list[str]:
    """The colours that text cannot be told from."""
    buttons = ("accent", "accent_hover", "accent_active")
    under_text = {name: contrast(getattr(shades, name), _ON_ACCENT[scheme]) for name in buttons}
    of_text = {name: contrast(getattr(shades, name), _PAPER[scheme]) for name in ("link", "accent")}
    washes = {name: contrast(shades.link, getattr(shades, name)) for name in ("accent_wash", "accent_wash_strong")}
    return sorted({name for each in (under_text, of_text, washes) for name, apart in each.items() if apart < CONTRAST})


def contrast(one: str, other: str) -> float:
    """How far two colours are apart, from 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
