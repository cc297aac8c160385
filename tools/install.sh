#!/bin/sh
# Makes .venv where there is none that works, and installs one file of requirements into it.
#   [PYTHON=interpreter] tools/install.sh REQUIREMENTS "what is being installed"
set -eu

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
# Debian ships a Python whose venv module is there but cannot make an environment: ensurepip is what it lacks.
can_make_venv() { "$1" -c 'import venv, ensurepip' >/dev/null 2>&1; }
version() { "$1" -c 'import platform; print(platform.python_version())' 2>/dev/null; }

no_venv="has no venv module. On Debian and Ubuntu: apt-get install python3-venv (or python3.12-venv, as its version is)."

choose_python() {
    if [ -n "${PYTHON:-}" ]; then
        found=$(version "$PYTHON") || die "PYTHON=$PYTHON cannot be run as a Python interpreter."
        new_enough "$PYTHON" || die "PYTHON=$PYTHON is Python $found; 3.11 or newer is needed."
        can_make_venv "$PYTHON" || die "PYTHON=$PYTHON (Python $found) $no_venv"
        return
    fi
    without=
    for candidate in python3 python3.13 python3.12 python3.11 python3.14 python; do
        new_enough "$candidate" || continue
        if can_make_venv "$candidate"; then
            PYTHON=$candidate
            return
        fi
        without=${without:-$candidate}
    done
    [ -z "$without" ] || die "$without (Python $(version "$without")) $no_venv"
    old=$(version python3) && old=" (python3 is $old)" || old=
    die "No Python 3.11 or newer was found$old. Install one, or name it: make run PYTHON=/path/to/python3"
}

# An environment without pip is one whose making was interrupted; it is made anew.
if ! new_enough .venv/bin/python || ! .venv/bin/python -c 'import pip' >/dev/null 2>&1; then
    choose_python
    say "Making .venv with Python $(version "$PYTHON")…"
    "$PYTHON" -m venv --clear .venv || die "Python's venv module could not make .venv; its own words are above."
fi

say "Installing $2…"
.venv/bin/python -m pip install --quiet --quiet --no-input --disable-pip-version-check --requirement "$1" ||
    die "pip could not install what $1 names; its own words are above. Another Python: rm -r .venv, then PYTHON=…"
