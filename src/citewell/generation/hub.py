"""Fetch one file from the Hugging Face hub."""

from pathlib import Path

import huggingface_hub
from huggingface_hub.hf_api import RepoFile

from citewell.errors import GeneratorError


def fetch(repository: str, file: str, folder: Path) -> tuple[Path, str]:
    """Download a file into a folder, or resume its download.

    Returns:
        The file, and its SHA-256 as the hub states it; "" when the hub states none.

    Raises:
        GeneratorError: The file cannot be downloaded.
    """
    try:
        said = huggingface_hub.HfApi().get_paths_info(repository, [file])
        path = Path(huggingface_hub.hf_hub_download(repository, file, local_dir=folder))
    # Without a network, what is raised is of the HTTP library of the hub's client, which changes by release.
    except Exception as error:
        first = str(error).strip().partition("\n")[0] or type(error).__name__
        message = (
            f"{repository}:{file} cannot be downloaded ({first}); the part that came is kept: run the same "
            "command again to go on"
        )
        raise GeneratorError(message) from error
    return path, next((item.lfs.sha256 for item in said if isinstance(item, RepoFile) and item.lfs), "")
