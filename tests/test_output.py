import errno
import os
from pathlib import Path

import pytest

from stream_of_worship.admin.errors import OutputExistsError, OutputUnwritableError
from stream_of_worship.admin.output import Destination


def full_disk(path: Path, data: bytes) -> None:
    """Half of the data fits."""
    path.write_bytes(data[: len(data) // 2])
    if data:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def test_the_text_is_written_in_utf_8_with_its_own_line_ends(tmp_path: Path):
    destination = Destination(tmp_path / "song.lrc")
    destination.check()
    destination.write("祢\n")
    assert (tmp_path / "song.lrc").read_bytes() == "祢\n".encode()


def test_nothing_but_the_file_is_left_in_the_folder(tmp_path: Path):
    destination = Destination(tmp_path / "song.lrc")
    destination.check()
    assert list(tmp_path.iterdir()) == []
    destination.write("text")
    assert list(tmp_path.iterdir()) == [tmp_path / "song.lrc"]


def test_an_existing_file_is_kept(tmp_path: Path):
    path = tmp_path / "song.lrc"
    path.write_text("by hand")
    with pytest.raises(OutputExistsError, match="exists already"):
        Destination(path).check()
    with pytest.raises(OutputExistsError):
        Destination(path).write("by machine")
    assert path.read_text() == "by hand"


def test_unless_force_says_otherwise(tmp_path: Path):
    path = tmp_path / "song.lrc"
    path.write_text("by hand")
    destination = Destination(path, force=True)
    destination.check()
    destination.write("by machine")
    assert path.read_text() == "by machine"


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path):
    with pytest.raises(OutputUnwritableError, match="no space left on the disk"):
        Destination(tmp_path / "song.lrc", write_bytes=full_disk).write("text")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_file_that_was_to_be_replaced(tmp_path: Path):
    path = tmp_path / "song.lrc"
    path.write_text("by hand")
    with pytest.raises(OutputUnwritableError):
        Destination(path, force=True, write_bytes=full_disk).write("by machine")
    assert path.read_text() == "by hand"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupt_while_writing_leaves_nothing_behind(tmp_path: Path):
    def interrupted(path: Path, data: bytes) -> None:
        path.write_bytes(data)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Destination(tmp_path / "song.lrc", write_bytes=interrupted).write("text")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_noticed_before_the_work(tmp_path: Path):
    with pytest.raises(OutputUnwritableError, match="there is no folder"):
        Destination(tmp_path / "nowhere" / "song.lrc").check()


def test_so_is_a_file_in_place_of_a_folder(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputUnwritableError, match="is not a folder"):
        Destination(tmp_path / "file" / "song.lrc").check()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_so_is_a_folder_without_permission(tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputUnwritableError, match="Permission denied"):
        Destination(tmp_path / "song.lrc").check()


def test_a_name_of_any_length_that_the_disk_takes_is_taken(tmp_path: Path):
    destination = Destination(tmp_path / ("s" * 251 + ".lrc"))
    destination.check()
    destination.write("text")
    assert destination.path is not None
    assert destination.path.read_text() == "text"


def test_a_symbolic_link_goes_on_to_lead_to_the_file(tmp_path: Path):
    real, link = tmp_path / "real.lrc", tmp_path / "link.lrc"
    real.write_text("old")
    link.symlink_to(real)
    Destination(link, force=True).write("new")
    assert link.is_symlink()
    assert real.read_text() == "new"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_device_is_written_to_and_not_replaced():
    destination = Destination(Path("/dev/full"))
    destination.check()
    with pytest.raises(OutputUnwritableError, match="no space left"):
        destination.write("text")
    assert Path("/dev/full").is_char_device()


def test_standard_output_takes_bytes(capfdbinary: pytest.CaptureFixture[bytes]):
    destination = Destination(None)
    destination.check()
    destination.write("祢\n")
    assert capfdbinary.readouterr().out == "祢\n".encode()
