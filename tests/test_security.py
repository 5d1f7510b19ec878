"""What must never be in the code, in what is stored, or among the packages."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from helpers.local.arns import ACCOUNT

ROOT = Path(__file__).resolve().parents[1]
CODE = sorted([*(ROOT / "helpers").rglob("*.py"), *(ROOT / "seeds").rglob("*.py")])
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# What a reader sees or stores: nothing of it may tell an account or a key.
WRITTEN = sorted(
    [
        *NOTEBOOKS,
        *ROOT.glob("*.md"),
        *(ROOT / "notebooks").glob("*.md"),
        *(ROOT / "seeds").rglob("*.md"),
        *(ROOT / "data").glob("*.json"),
        *(ROOT / "data").glob("*.md"),
        *(ROOT / "seeds").rglob("*.toml"),
        *(ROOT / "seeds").rglob("*.json"),
        *(ROOT / "helpers").rglob("*.yaml"),
    ]
)
FORBIDDEN_MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "joblib", "cloudpickle", "telnetlib", "ftplib", "xmlrpc"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "extractall", "system", "popen", "mktemp", "read_pickle", "to_pickle"}
BUILT_IN = {"eval", "exec", "compile"}
SECRETS = {
    "an access key": re.compile(r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b"),
    "a secret key": re.compile(r"(?i)(?:secret_?access_?key|session_?token|password)[\"']?\s*[:=]\s*[\"']?[A-Za-z0-9/+=]{16,}"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a token": re.compile(r"\b(?:gh[pousr]_\w{36}|hf_\w{30,}|xox[abp]-[\w-]{10,}|eyJ[\w-]{20,}\.eyJ)"),
    # not the offline account, nor the one of AWS's own examples
    "an account": re.compile(r"(?:arn:aws[a-z:0-9-]*:|-|\baccount(?: id)?:? )(?!000000000000|111122223333)\d{12}(?![\d.])"),
}
# Bandit's findings that stay, each with the reason: any other, and one that is gone, fails.
EXPLAINED = {
    ("helpers/app.py", "B606"): "replaces this process by the server, without a shell, with arguments of its own",
    ("helpers/clip.py", "B615"): "the reader's own wish; data for onnxruntime, and no code",
    ("helpers/preflight_rights.py", "B506"): "a SafeLoader of its own; reads our own template",
    ("helpers/local/services/cloudformation/template.py", "B506"): "a SafeLoader of its own, for the tags of CloudFormation",
    ("helpers/local/services/serving/containers.py", "B404"): "a Lambda function runs in a process of its own",
    ("helpers/local/services/serving/containers.py", "B603"): "that process: this Python, without a shell",
    ("helpers/local/services/serving/containers.py", "B101"): "tells the type checker that pipes are there",
    ("helpers/search_api.py", "B101"): "tells the type checker that a ready stack has an address",
    ("helpers/local/opensearch/writer.py", "B101"): "tells the type checker what the mapping has checked already",
}


def sources() -> list[tuple[Path, str]]:
    code = [(path, path.read_text(encoding="utf-8")) for path in CODE]
    for path in NOTEBOOKS:
        cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        code.append(
            (path, "\n".join(line for cell in cells for line in cell.splitlines() if not line.lstrip().startswith(("%", "!"))))
        )
    return code


def dangers(source: str) -> list[str]:
    """What of this code could run, or unpack, what somebody else wrote."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            found += [f"imports {name}" for name in names if name.split(".")[0] in FORBIDDEN_MODULES]
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            # re.compile and a network's eval() are methods of others
            if name in FORBIDDEN_CALLS and (isinstance(node.func, ast.Name) or name not in BUILT_IN):
                found.append(f"calls {name}")
            for keyword in node.keywords:
                if keyword.arg in ("allow_pickle", "shell") and not (
                    isinstance(keyword.value, ast.Constant) and not keyword.value.value
                ):
                    found.append(f"{name}({keyword.arg}=…)")
                if keyword.arg == "verify" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False:
                    found.append(f"{name}(verify=False)")
    return found


def test_no_code_runs_what_somebody_else_wrote():
    found = {str(path.relative_to(ROOT)): dangers(source) for path, source in sources()}
    # A zip, which Python keeps below the folder whatever names stand in it; to run a function's code is what Lambda is for.
    assert found.pop("helpers/local/services/serving/functions.py") == ["calls extractall"]
    assert {path: seen for path, seen in found.items() if seen} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "eval('1')",
        "exec(x)",
        "compile(x, '', 'exec')",
        "np.load(f, allow_pickle=True)",
        "np.load(f, allow_pickle=wish)",
        "subprocess.run(x, shell=True)",
        "tar.extractall(p)",
        "os.system('ls')",
        "pd.read_pickle(p)",
        "get(url, verify=False)",
        "__import__('os')",
    ],
)
def test_a_danger_is_seen(source):
    assert dangers(source)


def secrets(text: str) -> list[str]:
    return [f"{kind}: {match[0]}" for kind, pattern in SECRETS.items() for match in pattern.finditer(text)]


def test_nothing_written_tells_a_key_or_an_account():
    assert len(WRITTEN) > 20 and ACCOUNT == "000000000000"
    picture = re.compile(r'"image/(?:png|jpeg)": (?:"[^"]*"|\[[^]]*\])')  # base64: long runs of letters, and no word
    texts = {path: picture.sub("", path.read_text(encoding="utf-8")) for path in WRITTEN}
    assert {str(path.relative_to(ROOT)): found for path, text in texts.items() if (found := secrets(text))} == {}


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "arn:aws:iam::123456789012:role/x",
        "sagemaker-us-east-1-123456789012",
        "account 123456789012",
        'aws_secret_access_key = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"',
        "-----BEGIN RSA PRIVATE KEY-----",
        "ghp_" + "a" * 36,
    ],
)
def test_a_key_or_an_account_is_seen(text):
    assert secrets(text)


def test_bandit_finds_nothing_that_is_not_explained():
    command = [sys.executable, "-m", "bandit", "-q", "-r", "helpers", "seeds", "-f", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert report["errors"] == [] and report["metrics"]["_totals"]["loc"] > 10_000
    found = {(str(Path(issue["filename"])), issue["test_id"]) for issue in report["results"]}
    # seeds draw training data, pictures and people by chance, and no secret
    found -= {(file, test) for file, test in found if test == "B311" and file.startswith("seeds/")}
    assert found == set(EXPLAINED)


def test_no_comment_hides_anything_from_bandit():
    assert [path for path, source in sources() if re.search(r"#\s*nosec", source)] == []


def test_every_package_of_the_lock_has_its_hashes():
    """And comes from the index, in one version; whoever changes a file on the way is noticed."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    blocks = [block for block in re.split(r"\n(?=\S)", lock) if not block.startswith("#")]
    assert len(blocks) > 150
    for block in blocks:
        assert re.match(r"[a-z0-9][a-z0-9._-]*(?:\[[a-z0-9,-]+\])?==[^\s;]+", block), block[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block[:80]
    assert not re.search(r"https?://|git\+|file:|--(?:extra-)?index-url|--trusted-host", lock)
    assert "--require-hashes -r requirements.lock" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_server_that_we_start_listens_to_this_machine_only():
    """The explorer's page, and JupyterLab, which does so unless told otherwise."""
    code = {path: source for path, source in sources() if re.search(r"0\.0\.0\.0|--ip[= ]|\.ip=|INADDR_ANY", source)}
    assert [path.name for path in code] == ["app.py"] and "--Voila.ip=127.0.0.1" in next(iter(code.values()))
    assert "--ip" not in (ROOT / "Makefile").read_text(encoding="utf-8")
