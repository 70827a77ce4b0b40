// Time is whole frames at a rate. What people read: seconds+koma, as an econte writes it.

export const koma = (frames, fps) => {
  const whole = Math.round(fps);
  return `${Math.floor(frames / whole)}+${String(frames % whole).padStart(2, "0")}`;
};

export const clock = (frames, fps) => {
  const whole = Math.round(fps);
  const seconds = Math.floor(frames / whole);
  const two = (number) => String(number).padStart(2, "0");
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}:${two(frames % whole)}`;
};

/** A moment as the reader's own clock shows it. */
export const moment = (stamp, language) =>
  stamp ? new Date(stamp).toLocaleString(language === "ja" ? "ja-JP" : "en-GB", { dateStyle: "medium", timeStyle: "short" }) : "";
