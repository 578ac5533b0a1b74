"""From settings to a storage."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from obstore.store import LocalStore, S3Store
from pydantic import SecretStr

from sow_analysis.errors import ObjectKeyError, StorageMisconfiguredError
from sow_analysis.storage import keys
from sow_analysis.storage.store import Storage

if TYPE_CHECKING:
    from obstore.store import S3Config

_ANY_REGION = "auto"


class StorageSettings(Protocol):
    """The settings that say where objects lie."""

    @property
    def storage_url(self) -> str:
        """`file:///folder` or `s3://bucket/prefix`; a prefix is optional."""
        ...

    @property
    def storage_endpoint(self) -> str | None:
        """URL of an S3 that is not Amazon's, e.g. `https://ACCOUNT.r2.cloudflarestorage.com`."""
        ...

    @property
    def storage_region(self) -> str:
        """Region of the bucket; `auto` leaves it to the server, or to AWS_REGION."""
        ...

    @property
    def storage_key_id(self) -> str | None: ...

    @property
    def storage_secret(self) -> SecretStr | None: ...


def open_storage(settings: StorageSettings) -> Storage:
    """Open the storage that the settings name. A local folder is made if need be; an S3 is not asked yet.

    Without an access key, S3 takes what the environment gives: the AWS variables, or the machine's own role.

    Raises:
        StorageMisconfiguredError: the URL is of no known kind, or only half of an access key is given, or the folder
            cannot be made.
    """
    try:
        url = urlsplit(settings.storage_url)
    except ValueError as error:
        raise _misconfigured(settings, str(error)) from error
    if url.query or url.fragment or url.username or url.password:
        raise _misconfigured(settings, "nothing may follow the path, and no password belongs in it")
    if url.scheme == "file":
        return _open_folder(settings, url.netloc, unquote(url.path))
    if url.scheme == "s3":
        return _open_s3(settings, url.netloc, url.path.strip("/"))
    raise _misconfigured(settings, "it must begin with file:// or s3://")


def _open_folder(settings: StorageSettings, host: str, path: str) -> Storage:
    folder = Path(path)
    if host not in ("", "localhost") or not folder.is_absolute():
        raise _misconfigured(settings, "a folder is given as file:///absolute/path, with three slashes")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageMisconfiguredError(f"{folder} cannot be made: {error.strerror or error}.") from error
    return Storage(LocalStore(folder), folder=folder)


def _open_s3(settings: StorageSettings, bucket: str, prefix: str) -> Storage:
    key_id, secret = settings.storage_key_id, settings.storage_secret
    if (key_id is None) != (secret is None):
        raise StorageMisconfiguredError("An access key has two halves, the id and the secret; only one is set.")
    if not bucket:
        raise _misconfigured(settings, "a bucket is given as s3://bucket")
    try:
        prefix = prefix and keys.valid(prefix)
    except ObjectKeyError as error:
        raise _misconfigured(settings, "the prefix has characters in it that no key may have") from error
    config: S3Config = {}
    if settings.storage_endpoint:
        config["endpoint"] = settings.storage_endpoint
    if settings.storage_endpoint or settings.storage_region != _ANY_REGION:
        config["region"] = settings.storage_region
    if key_id is not None and secret is not None:
        config["access_key_id"] = key_id
        config["secret_access_key"] = secret.get_secret_value()
    store = S3Store(
        bucket,
        prefix=prefix or None,
        config=config,
        client_options={
            "allow_http": (settings.storage_endpoint or "").startswith("http://"),
            "connect_timeout": "5s",
            "read_timeout": "30s",
            "timeout": "10m",  # for one request, so for one part of an upload and for a whole download
        },
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)},
    )
    return Storage(store, bucket=bucket, prefix=prefix)


def _misconfigured(settings: StorageSettings, reason: str) -> StorageMisconfiguredError:
    shown = settings.storage_url if "@" not in settings.storage_url else settings.storage_url.partition(":")[0]
    return StorageMisconfiguredError(f"The storage URL {shown!r} cannot be used: {reason}.")
