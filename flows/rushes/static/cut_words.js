// The words that a cut may be described with, as people read them. A word that is not here is shown as it is.

import { spoken } from "./words.js";

const FIELDS = {
  size: ["Size", "サイズ"], "camera.move": ["Camera", "カメラ"], "camera.angle": ["Angle", "アングル"], "camera.amount": ["How far", "移動量"],
  time: ["Hour", "時刻"], weather: ["Weather", "天候"], expression: ["Expression", "表情"], pose: ["Pose", "ポーズ"], facing: ["Facing", "向き"],
  position: ["Place", "位置"], prop: ["Holds", "持ち物"], frames: ["Cut", "カット全体"], hold: ["Silence after the last line", "最後の台詞の後の間"],
  at: ["Line begins", "台詞の始まり"], prompt: ["Prompt of the panel", "コンテのプロンプト"], motion_prompt: ["Prompt of the take", "動きのプロンプト"],
};

const JAPANESE = {
  extreme_long: "大ロング", long: "ロング", full: "フルショット", medium: "ミディアム", medium_close: "バストショット", close: "アップ", extreme_close: "大アップ", insert: "インサート",
  fix: "フィックス", pan_left: "左パン", pan_right: "右パン", tilt_up: "ティルトアップ", tilt_down: "ティルトダウン", push_in: "トラックアップ", pull_out: "トラックバック", shake: "画面動", parallax: "密着マルチ", follow: "フォロー",
  eye: "目高", low: "アオリ", high: "フカン", dutch: "斜め",
  dawn: "夜明け", morning: "朝", day: "昼", sunset: "夕方", dusk: "夕暮れ", night: "夜",
  clear: "晴れ", cloudy: "曇り", rain: "雨", storm: "嵐", snow: "雪", fog: "霧", wind: "風", petals: "花びら",
  neutral: "無表情", happy: "笑顔", laughing: "笑い", sad: "悲しみ", crying: "泣き", angry: "怒り", surprised: "驚き", scared: "怯え", shy: "照れ", determined: "決意", thoughtful: "考え", smug: "得意", sleepy: "眠気", pained: "苦痛",
  stand: "立つ", sit: "座る", walk: "歩く", run: "走る", wave: "手を振る", point: "指さす", reach: "手を伸ばす", bow: "お辞儀", arms_crossed: "腕組み", hands_on_hips: "腰に手", cheer: "喜ぶ", jump: "跳ぶ", fall: "倒れる", lie: "寝る", kneel: "ひざまずく",
  read: "読む", type: "打つ", drink: "飲む", think: "考える", look_up: "見上げる", look_down: "見下ろす", look_back: "振り返る", turn: "振り向く", push: "押す", pull: "引く", fight: "戦う", dance: "踊る",
  far_left: "左端", left: "左", center: "中央", right: "右", far_right: "右端", front: "正面", away: "後ろ",
  book: "本", phone: "電話", cup: "カップ", umbrella: "傘", sword: "剣", bag: "鞄", letter: "手紙", lantern: "灯り", flower: "花", ball: "玉", box: "箱", guitar: "ギター", paper_plane: "紙飛行機", key: "鍵", camera: "カメラ",
  bicycle: "自転車", car: "車", cat: "猫", dog: "犬", bird: "鳥", food: "食べ物", bottle: "瓶", star: "星", robot: "ロボット", laptop: "ノートPC",
};

/** What a field is called: by its path, or by the last part of it. */
export function fieldName(path) {
  const names = FIELDS[path] ?? FIELDS[path.split(".").at(-1)];
  return names?.[spoken() === "ja" ? 1 : 0] ?? path;
}

export const word = (value) => (spoken() === "ja" ? JAPANESE[value] : null) ?? String(value).replaceAll("_", " ");
