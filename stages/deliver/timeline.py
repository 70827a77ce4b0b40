"""The episode's timeline as OpenTimelineIO, for editing programs.

In: a Timeline and its Cutsheet.      Out: an .otio file.
Frame counts are exact; OpenTimelineIO keeps a rate as a float, so the exact fraction is in our
metadata. Media that is not named by ``media`` is written as missing, with its hash. A relative path is written as
a relative URL, seen from the .otio file, so that the folder they are in can be moved.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from assets import files
from assets.errors import ShapeRefused
from assets.sheets.cutsheet import Cut, Cutsheet
from assets.sheets.production import Placed, Ref, Segment, Take, Timeline
from assets.timing import Span

if TYPE_CHECKING:
    from opentimelineio import opentime, schema

STEMS = ("voice", "effects", "music")
NAMESPACE = "sakuga"


def write(
    timeline: Timeline,
    cutsheet: Cutsheet,
    path: Path,
    *,
    takes: Mapping[str, Take] | None = None,
    media: Mapping[str, Path] | None = None,
) -> Path:
    """Write ``path`` (.otio).

    takes   the selected take of each cut, by cut number
    media   files by SHA-256; a relative path is seen from the folder of ``path``
    """
    import opentimelineio as otio

    path.parent.mkdir(parents=True, exist_ok=True)
    files.write(path, _Editor(timeline, cutsheet, takes or {}, media or {}).cut().to_json_string())
    # Read it back at once: a timeline that its own library cannot open must not be delivered.
    otio.adapters.read_from_file(str(path), adapter_name="otio_json")
    return path


def urls(path: Path) -> dict[str, str]:
    """The media that the timeline at ``path`` names, with the SHA-256 of each; empty where none can be read."""
    try:
        made = json.loads(path.read_bytes())
        tracks = made["tracks"]["children"]
        references = [
            clip["media_references"]["DEFAULT_MEDIA"]
            for track in tracks
            for clip in track["children"]
            if "media_references" in clip
        ]
        return {
            unquote(str(reference["target_url"])): str(reference["metadata"][NAMESPACE]["sha256"])
            for reference in references
            if "target_url" in reference
        }
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return {}  # a person may have edited or removed the file: then nothing of it is ours to clean up


@dataclass(frozen=True)
class _Editor:
    timeline: Timeline
    cutsheet: Cutsheet
    takes: Mapping[str, Take]
    media: Mapping[str, Path]

    def cut(self) -> "schema.Timeline":
        from opentimelineio import schema

        made = schema.Timeline(
            name=self.timeline.title or self.timeline.episode,
            global_start_time=self.at(0),
            metadata={
                NAMESPACE: {
                    "episode": self.timeline.episode,
                    "rate": str(self.timeline.rate),
                    "size": list(self.timeline.size),
                    "frames": self.timeline.frames,
                }
            },
        )
        made.tracks.append(self.picture())
        for stem in STEMS:
            sounds = [sound for sound in self.timeline.sounds if sound.stem == stem]
            made.tracks.extend(self.sound_tracks(stem, sounds))
        made.tracks.markers.extend(self.scene_markers())
        return made

    def at(self, frame: int) -> "opentime.RationalTime":
        from opentimelineio import opentime

        return opentime.RationalTime(frame, float(self.timeline.rate))

    def range(self, start: int, frames: int) -> "opentime.TimeRange":
        from opentimelineio import opentime

        return opentime.TimeRange(self.at(start), self.at(frames))

    def picture(self) -> "schema.Track":
        from opentimelineio import schema

        track = schema.Track(name="picture", kind=schema.TrackKind.Video)
        cuts = {cut.number: cut for cut in self.cutsheet.cuts}
        end = 0
        for segment in sorted(self.timeline.segments, key=lambda segment: segment.span.start):
            self.fill(track, segment.name, segment.span, end)
            track.append(self.segment_clip(segment, cuts.get(segment.name)))
            end = segment.span.stop
        return track

    def segment_clip(self, segment: Segment, cut: Cut | None) -> "schema.Clip":
        about: dict[str, Any] = {"segment": segment.name, "recipe": segment.recipe}
        if cut is not None:
            about |= _metadata(cut)
        if take := self.takes.get(segment.name):
            about |= {"take": take.number, "take_recipe": take.recipe, "seed": take.seed}
        return self.clip(segment.name, segment.clip, segment.span.frames, about)

    def sound_tracks(self, stem: str, sounds: Sequence[Placed]) -> "list[schema.Track]":
        """As many tracks as sounds of the stem overlap."""
        from opentimelineio import schema

        lanes = _lanes(sounds)
        tracks = []
        for index, lane in enumerate(lanes, 1):
            name = f"{stem} {index}" if len(lanes) > 1 else stem
            track = schema.Track(name=name, kind=schema.TrackKind.Audio, metadata={NAMESPACE: {"stem": stem}})
            end = 0
            for sound in lane:
                self.fill(track, sound.name, Span(start=sound.at, stop=sound.at + sound.frames), end)
                about = sound.model_dump(mode="json", exclude={"sound", "name", "at", "frames"})
                track.append(self.clip(sound.name, sound.sound, sound.frames, about))
                end = sound.at + sound.frames
            tracks.append(track)
        return tracks

    def fill(self, track: "schema.Track", name: str, span: Span, end: int) -> None:
        from opentimelineio import schema

        if span.start < end:
            raise ShapeRefused(
                f"{name} begins at frame {span.start}, but what is before it ends at {end}. "
                f"Segments of one track may not overlap; assemble the episode again."
            )
        if span.start > end:
            track.append(schema.Gap(source_range=self.range(0, span.start - end)))

    def clip(self, name: str, ref: Ref, frames: int, about: Mapping[str, Any]) -> "schema.Clip":
        from opentimelineio import schema

        known = {"sha256": ref.sha256, "media_type": ref.media_type, "bytes": ref.bytes}
        available, path = self.range(0, frames), self.media.get(ref.sha256)
        reference: schema.MediaReference
        if path is None:
            reference = schema.MissingReference(available_range=available, metadata={NAMESPACE: known})
        else:
            url = path.as_uri() if path.is_absolute() else quote(path.as_posix())
            reference = schema.ExternalReference(url, available, {NAMESPACE: known})
        return schema.Clip(name, reference, self.range(0, frames), {NAMESPACE: dict(about)})

    def scene_markers(self) -> "Iterable[schema.Marker]":
        from opentimelineio import schema

        for scene, place, span in _scenes(self.timeline, self.cutsheet):
            yield schema.Marker(
                name=f"{scene} {place}",
                marked_range=self.range(span.start, span.frames),
                color=schema.MarkerColor.CYAN,
                metadata={NAMESPACE: {"scene": scene, "place": place}},
            )


def _metadata(cut: Cut) -> dict[str, Any]:
    """The metadata of a cut's clip, for an editor."""
    return {
        "cut": cut.number,
        "scene": cut.scene,
        "size": cut.size,
        "camera": cut.camera.move,
        "action": cut.action,
        "lines": [
            line.model_dump(mode="json", include={"character", "text", "manner", "heard"})
            for line in cut.lines
        ],
        "script_lines": list(cut.source),
    }


def _lanes(sounds: Sequence[Placed]) -> list[list[Placed]]:
    lanes: list[list[Placed]] = []
    for sound in sorted(sounds, key=lambda sound: (sound.at, sound.name)):
        free = next((lane for lane in lanes if lane[-1].at + lane[-1].frames <= sound.at), None)
        if free is None:
            lanes.append([sound])
        else:
            free.append(sound)
    return lanes


def _scenes(timeline: Timeline, cutsheet: Cutsheet) -> list[tuple[str, str, Span]]:
    """Runs of cuts of one scene: its name, the place's name, and its span."""
    cuts = {cut.number: cut for cut in cutsheet.cuts}
    found: list[tuple[str, str, Span]] = []
    for segment in sorted(timeline.segments, key=lambda segment: segment.span.start):
        if (cut := cuts.get(segment.name)) is None:
            continue
        place = cutsheet.place(cut.place).names[0]
        if found and found[-1][0] == cut.scene:
            found[-1] = (*found[-1][:2], Span(start=found[-1][2].start, stop=segment.span.stop))
        else:
            found.append((cut.scene, place, segment.span))
    return found
