// Every word on the page, in the two languages of the room. A studio's own terms, one word for one thing.

const WORDS = {
  en: {
    rushes: "Rushes", watch: "Watch", econte: "Storyboard", history: "History", episodes: "Episodes", language: "日本語",
    help: "Keys", close: "Close", cuts: "Cuts", cut: "Cut", take: "Take", takes: "Takes", back: "All episodes",
    all: "All", marked: "Marked", troubled: "Stale", unseen: "Not seen", filter: "Which cuts",
    play: "Play", pause: "Pause", previous_frame: "One frame back", next_frame: "One frame on",
    previous_cut: "Previous cut", next_cut: "Next cut", loop: "Repeat this cut", sound: "Sound", full: "Full screen",
    whole: "Episode", by_cut: "Cut by cut", compare: "Compare", compare_with: "Compare with take {n}", shown: "in use",
    choose: "Use this take", chosen: "to be used", no_take: "No take yet: the panel is held for its time.", panel_held: "The panel is held for its time; takes are looked at in their own review.", no_panel: "No panel yet",
    no_cuts: "No cuts yet. The sheet is written by the first run.",
    approve: "OK", retake: "Retake", lock: "Lock", unlock: "Unlock", locked: "locked", stale: "stale", ordered: "Retake ordered",
    locked_by: "Approved by {who}", redo_locked: "This take is locked. Unlock it to ask for another.",
    ok_cut: "OK", seen: "seen", reasons: "What is to be better", note: "Note", note_for: "Note on {cut}",
    range: "Frames", range_all: "the whole cut", range_from: "From here", range_to: "To here", range_clear: "Whole cut",
    pins: "Pins", pin_here: "Click the picture to pin a note to this frame.", pin_text: "Pin {n}, frame {f}", remove: "Remove", go: "Show",
    earlier_pins: "Earlier pins", pin: "Pin",
    action: "Action", prompt: "Prompt, as it was sent", motion_prompt: "Motion prompt, as it was sent", dialogue: "Dialogue", sounds: "Sounds", picture: "Picture", length: "Time", state: "State", measures: "Measures",
    frames: "frames", seed: "seed", redone: "only frames {a}-{b} are new", notes_cut: "Remarks on this cut",
    gate_script: "Script review", gate_storyboard: "Storyboard review", gate_takes: "Take review", gate_final: "Final screening",
    round: "round {n}", waits: "waits for your decision", until: "until {t}", nothing_waits: "Nothing waits for a decision.",
    nothing_told: "Watch everything; order a retake, choose or unlock a take. When a run stops at a review, it appears here by itself.",
    last_run: "Last run", outcome_finished: "finished", outcome_failed: "failed", outcome_stopped: "stopped", outcome_refused: "refused", outcome_: "in progress, or broken off", outcome_waits: "waits for a decision", outcome_expired: "nobody decided in time", outcome_decided: "decided; continues once the server answers", "outcome_stopped at a gate": "stopped at a review",
    decision: "Decision", signed: "Your name", overall: "Note on the whole", to_redo: "to redo", fine: "OK", of_seen: "{n} of {m} seen",
    send_approve: "Approve", send_retake_1: "Send back 1 cut", send_retake: "Send back {n} cuts", send_stop: "Stop the production",
    stop_told: "The run ends here. Nothing is lost; the same command goes on later.",
    confirm: "This is what will be recorded", send: "Record it", cancel: "Not yet", nothing_marked: "No cut is marked for a retake: the whole is approved.",
    wants_reason: "{cut} is marked for a retake without a reason. Choose at least one.", wants_words: "A pin in {cut} has no words yet. Write what is to be better there, or remove it.", send_script: "Send back with the note", wants_why: "Say why: it stays in the cut's history.", wants_name: "Type your name: every decision says who made it.",
    recorded: "Recorded: review {id}, {time}.", kept: "Nothing you typed is lost.", new_round: "Something new is here to look at.",
    new_gate: "{gate}, {round}, is waiting.", decided_elsewhere: "This review was decided elsewhere. Your marks are kept below.",
    by: "by", at: "at", saw: "saw", door_prefect: "Prefect", door_rushes: "rushes room", door_terminal: "terminal", door_: "",
    verdict_approve: "approved", verdict_retake: "sent back", verdict_stop: "stopped", no_history: "No review has been held yet.",
    lost: "The room does not answer. Your marks are kept in this browser.", again: "The room answers again.", load_failed: "The page could not be loaded.",
    why: "Why", what_made_it: "What made it", credentials: "Credentials", locks_all: "Approving locks every take that is shown.",
    wish_retake: "Order a retake of {cut}", wish_choose: "Use and lock take {n} of {cut}", wish_unlock: "Unlock {cut}",
    wished_retake: "The retake of {cut} is ordered. The next run of the episode makes it.", wished_choose: "{cut} shows take {n} from now on, and it is locked.", wished_unlock: "{cut} is unlocked.",
    redone_cut: "Redone", choices: "Takes to use", locks: "Locks", retakes: "Retakes", missing: "Numbers no longer used",
    clear_mark: "Take the mark back", empty: "Nothing has been produced here yet. Start with: sakuga produce SCRIPT.fountain",
    notices: "How the script was read: {n} to look at",
    opening: "Title or credits", updated: "worked on", stopped_waiting: "Nothing waits", marks_kept: "Marks kept in this browser",
    k_play: "Play or pause", k_step: "One frame back, on", k_second: "One second back, on", k_shuttle: "Backwards, stop, forwards (again: faster)",
    k_cut: "Previous, next cut", k_take: "Take 1 to 9", k_use: "Use the take shown", k_compare: "Compare two takes", k_whole: "Whole episode or cut by cut",
    k_ok: "Cut is fine; on to the next", k_retake: "Retake", k_lock: "Lock", k_range: "Range from here, to here", k_note: "Write a note", k_pin: "Pin in the middle of the picture",
    will_change: "This changes the cut sheet", note_is_sent: "The note is sent to the model as it stands.", can_be_said: "What is understood",
    unheard: "Nothing of this is understood, and the model does not read notes: it may come out the same.",
    k_view: "Watch, storyboard, history", k_loop: "Repeat the cut", k_mute: "Sound", k_full: "Full screen", k_send: "Decide", k_help: "This help", k_home: "First, last frame",
    edit: "Edit this cut", edited: "edited", edited_at_gate: "The cut sheet says something else by now. It is drawn after your decision, and shown in the next round.", edited_told: "The cut sheet says something else by now. The next run of the episode makes it.",
    preview: "Preview", preview_rough: "The rig draws this preview: framing and staging, not the look.", preview_of: "Preview of {cut}", save_edit: "Save in the cut sheet", undo: "Undo", discard: "Discard",
    saved_edit: "Saved as version {n}: {changes}.", unsaved: "{n} not saved", restored: "Version {n} of the cut sheet is in use again.", versions: "Versions of the cut sheet", use_again: "Use this version again", version: "Version {n}", in_use: "in use", first_version: "first version", same_again: "nothing but prompts or layout", and_more: "and {n} more", no_versions: "No version yet.",
    about_framing: "Framing", about_light: "Hour and weather", about_times: "Time, in frames", about_prompts: "Prompts", empty_built: "Empty: built from the cut and the bible.",
    k_edit: "Edit the cut",
    new_episode: "New episode", script: "Script", drop: "Drop a script here: .fountain, .fdx, .txt or .md.", pick_file: "Choose a file", search: "Search", no_scripts: "No script lies in this project yet.", loading: "Loading", never_made: "not made yet",
    replace_script: "Replace the script in the project", look: "Look", no_sample: "No sample picture", stops_at: "Stops at", show: "Show", show_beside: "the bible beside the script, if there is one", takes_each: "Takes of each cut", takes_usual: "as the look says",
    reading_script: "The script is read.", choose_script: "Choose a script: it is read before anything runs.", lines: "lines", film_length: "Length", time_needed: "Work", not_measured: "not measured here yet", about: "about {time}", by_profile: "by the profile, two CPU cores", by_runs: "by earlier runs here", memory: "Memory", money: "Money", money_none: "none: every model runs on your own machines", money_server: "what the servers of its models charge",
    cast: "Cast", read_well: "Every line was read as written.", start: "Start", starting: "It starts. This takes a few seconds.", try_again: "Try again", ordered_again: "It goes on. Finished work is not repeated.",
    doing_: "at work", doing_direction: "directing", doing_voice: "recording", doing_panel: "drawing", doing_take: "animating", doing_segment: "assembling", doing_effect: "making the sound of", doing_music: "composing", doing_mix: "mixing", doing_join: "joining", doing_document: "writing the papers", doing_story: "writing", doing_sheet: "drawing candidates",
    n_of_m: "{n} of {m}", left: "{time} left", in_s: "{n} s", in_min: "{n} min", in_h: "{h} h {n} min", download: "Download", file_film: "Film", file_subtitles: "Subtitles", file_timeline: "Timeline", file_stem: "Stem", file_sheet: "Cut sheet",
    playlist: "Playlist", play_all: "Play all", play_picked: "Play {n}", pick: "Put {title} on the playlist", nothing_to_play: "No episode has a film yet.", open_room: "open", empty_starts: "Nothing has been produced here yet. Start with a new episode.",
    board: "Board", board_todo: "To make", board_redo: "To redo", board_changed: "Stale or edited", board_ready: "To look at", board_done: "Approved",
    draw: "Draw on the picture", undo_line: "Take the last line back", drawing: "Drawing", drawn: "lines drawn: {n}", before: "before", after: "now", before_and_after: "Before and after", way_beside: "Side by side", way_wipe: "Wipe", way_difference: "Difference", wipe_edge: "Where the wipe is",
    unseen_cuts: "Not looked at: {cuts}.", stale_cuts: "Stale: {cuts}.", edited_cuts: "Edited, and drawn after this decision: {cuts}. You see them in the next round.", k_wipe: "Side by side, wipe, difference", k_draw: "Draw on the picture",
    loras: "LoRAs", lora_no_gain: "No strength comes measurably nearer to the held-out art than without the LoRA.", lora_none: "No LoRA was validated yet. Start with: sakuga lora validate FILE", lora_painter: "painted by {painter}", lora_trigger: "trigger", lora_learnt: "generation {n}: {takes} approved pictures, {share} % of its data", lora_refused: "refused", lora_without: "without", lora_now: "now in the bible, {n}", lora_strength: "strength {n}", lora_proposed: "proposed", lora_art: "held-out art", lora_floor: "two halves of it: {n}",
    lora_style: "style", lora_nearer: "nearer", lora_features: "features", lora_identity: "identity", lora_legible: "readable", lora_motion: "motion", lora_meant: "style: distance of colours, lines and shading to the art, measured on the pictures (0 is the same). nearer: share of the way from 'without' to the art. features: the same distance in what the house judge sees. identity: likeness of the character's colours to the art. readable: what the judges still read of the cut. A LoRA of an animator is shown as strips of its clips, from the first frame to the last; motion: mean change of lightness in a quarter of a second, of 255.",
    lora_pick: "At which strength", lora_approve: "Approve at strength {n}", lora_refuse: "Refuse", lora_approved: "Approved at strength {n}", lora_next: "Now it can come into the bible:", lora_note_hint: "A refusal needs a reason: what has to change.", lora_wants_reason: "A refusal needs a reason.", lora_stays: "The decision stays in the ledger. Nothing uses the LoRA before it is promoted.", lora_keys: "← → strengths, ↑ ↓ cuts",
    unlike: "Off model?", castings: "Characters", cast_none: "No candidates have been drawn yet. Start with: sakuga cast CHARACTER --show SHOW", cast_by: "drawn by {painter}, profile {profile}", cast_again_for: "Drawn again:", cast_unread: "The painter {painter} does not read notes: these have other seeds.", cast_views: "What to compare", candidate: "Candidate {n}", cast_enlarge: "enlarge", cast_no_view: "not drawn", cast_note_hint: "For another round: what should be different. For an approval: kept with it.",
    cast_approve: "Approve candidate {n}", cast_pick_first: "Choose a candidate", cast_again: "Draw others", cast_locks: "An approved sheet is locked reference art: painters that take references are shown it from the next run on. This waits until {t}.", cast_approved: "Candidate {n} is approved", cast_withdrawn: "Out of date: the character or the painter has changed.", cast_expired: "Nobody decided in time. The same command opens it again.", cast_in_bible: "It is in the bible: {file}", cast_not_here: "The bible is not on this machine; the run that waits stores the sheet.", cast_run_draws: "The run that waits draws the next round.", cast_command: "Draw the next round with", cast_command_too: "or", cast_draw: "Draw the next round", cast_earlier: "Earlier rounds: {n}", cast_keys: "← → candidates, ↑ ↓ views",
    view_sheet: "Whole sheet", view_front: "Front", view_three_quarter: "Three-quarter", view_profile: "Profile", view_back: "Back", view_face: "Face", view_happy: "Happy", view_angry: "Angry", view_sad: "Sad", view_surprised: "Surprised",
  },
  ja: {
    rushes: "ラッシュ", watch: "試写", econte: "絵コンテ", history: "履歴", episodes: "作品一覧", language: "English",
    help: "キー操作", close: "閉じる", cuts: "カット", cut: "カット", take: "テイク", takes: "テイク", back: "作品一覧へ",
    all: "すべて", marked: "チェック済", troubled: "要更新", unseen: "未確認", filter: "表示するカット",
    play: "再生", pause: "一時停止", previous_frame: "1コマ戻る", next_frame: "1コマ進む",
    previous_cut: "前のカット", next_cut: "次のカット", loop: "このカットを繰り返す", sound: "音声", full: "全画面",
    whole: "通し", by_cut: "カット別", compare: "比較", compare_with: "テイク{n}と比較", shown: "採用中",
    choose: "このテイクを採用", chosen: "採用予定", no_take: "テイクはまだありません。コンテを尺どおりに表示します。", panel_held: "コンテを尺どおりに表示します。テイクはラッシュチェックで確認します。", no_panel: "コンテ未着",
    no_cuts: "カットはまだありません。最初の制作で絵コンテ表が作られます。",
    approve: "OK", retake: "リテイク", lock: "ロック", unlock: "ロック解除", locked: "ロック済", stale: "要更新", ordered: "リテイク発注済",
    locked_by: "{who} が承認", redo_locked: "このテイクはロックされています。リテイクするにはロックを解除してください。",
    ok_cut: "OK", seen: "確認済", reasons: "リテイク内容", note: "メモ", note_for: "{cut} へのメモ",
    range: "範囲", range_all: "カット全体", range_from: "ここから", range_to: "ここまで", range_clear: "全体に戻す",
    pins: "ピン", pin_here: "画面をクリックすると、このコマに指示を留められます。", pin_text: "ピン{n}　{f}コマ目", remove: "削除", go: "表示",
    earlier_pins: "以前の指示", pin: "ピン",
    action: "内容", prompt: "送信したプロンプト", motion_prompt: "送信した動きのプロンプト", dialogue: "セリフ", sounds: "音響", picture: "画面", length: "秒数", state: "状態", measures: "測定値",
    frames: "コマ", seed: "シード", redone: "{a}〜{b}コマのみ新規", notes_cut: "このカットへの指示",
    gate_script: "脚本チェック", gate_storyboard: "絵コンテチェック", gate_takes: "ラッシュチェック", gate_final: "初号試写",
    round: "第{n}回", waits: "判断待ち", until: "期限 {t}", nothing_waits: "判断待ちのものはありません。",
    nothing_told: "試写のほか、リテイクの発注、テイクの採用、ロックの解除ができます。制作がチェックで止まると、ここに表示されます。",
    last_run: "前回の制作", outcome_finished: "完了", outcome_failed: "失敗", outcome_stopped: "中断", outcome_refused: "受付不可", outcome_: "制作中、または途中で終了", outcome_waits: "判断待ち", outcome_expired: "期限切れ", outcome_decided: "判断済み。サーバーの応答後に再開します", "outcome_stopped at a gate": "チェックで終了",
    decision: "判断", signed: "お名前", overall: "全体へのメモ", to_redo: "リテイク", fine: "OK", of_seen: "確認 {n}/{m}",
    send_approve: "承認する", send_retake_1: "1カットをリテイクに出す", send_retake: "{n}カットをリテイクに出す", send_stop: "制作を止める",
    stop_told: "制作はここで終わります。失われるものはなく、同じコマンドで再開できます。",
    confirm: "次のとおり記録します", send: "記録する", cancel: "まだ", nothing_marked: "リテイクのカットはありません。全体を承認します。",
    wants_reason: "{cut} はリテイクですが内容が選ばれていません。ひとつ以上選んでください。", wants_words: "{cut} のピンに言葉がありません。指示を書くか、ピンを削除してください。", send_script: "メモを付けて戻す", wants_why: "理由を入力してください。カットの履歴に残ります。", what_made_it: "この画の出どころ", credentials: "来歴証明", wants_name: "お名前を入力してください。判断には必ず名前が残ります。",
    recorded: "記録しました：レビュー{id}、{time}", kept: "入力した内容は残っています。", new_round: "新しいものが届きました。",
    new_gate: "{gate}（{round}）が届きました。", decided_elsewhere: "このチェックは別の場所で決まりました。チェック内容は下に残っています。",
    by: "", at: "", saw: "確認対象", door_prefect: "Prefect", door_rushes: "試写室", door_terminal: "端末", door_: "",
    verdict_approve: "承認", verdict_retake: "リテイク", verdict_stop: "中止", no_history: "まだチェックは行われていません。",
    lost: "サーバーが応答しません。チェック内容はこのブラウザに残っています。", again: "サーバーにつながりました。", load_failed: "読み込めませんでした。",
    why: "理由", locks_all: "承認すると、表示中のテイクはすべてロックされます。",
    wish_retake: "{cut} のリテイクを発注", wish_choose: "{cut} のテイク{n}を採用してロック", wish_unlock: "{cut} のロックを解除",
    wished_retake: "{cut} のリテイクを発注しました。次の制作で作られます。", wished_choose: "{cut} はテイク{n}を採用し、ロックしました。", wished_unlock: "{cut} のロックを解除しました。",
    redone_cut: "リテイク済", choices: "採用するテイク", locks: "ロック", retakes: "リテイク", missing: "欠番",
    clear_mark: "チェックを取り消す", empty: "まだ作品がありません。まず：sakuga produce 脚本.fountain",
    notices: "脚本の読み取りについて {n} 件",
    opening: "タイトル／クレジット", updated: "更新", stopped_waiting: "判断待ちなし", marks_kept: "チェックはこのブラウザに保存",
    k_play: "再生・一時停止", k_step: "1コマ戻る・進む", k_second: "1秒戻る・進む", k_shuttle: "逆再生・停止・再生（続けて押すと速く）",
    k_cut: "前・次のカット", k_take: "テイク1〜9", k_use: "表示中のテイクを採用", k_compare: "テイクを比較", k_whole: "通し・カット別",
    k_ok: "OK にして次へ", k_retake: "リテイク", k_lock: "ロック", k_range: "範囲の始め・終わり", k_note: "メモを書く", k_pin: "画面中央にピン",
    will_change: "カット表の変更", note_is_sent: "メモはそのままモデルに渡されます。", can_be_said: "使える言葉",
    unheard: "この指示からは何も変わりません。モデルはメモを読まないので、同じ絵になることがあります。",
    k_view: "試写・絵コンテ・履歴", k_loop: "カットを繰り返す", k_mute: "音声", k_full: "全画面", k_send: "判断する", k_help: "この一覧", k_home: "先頭・末尾のコマ",
    edit: "このカットを編集", edited: "編集済", edited_at_gate: "カット表はすでに変更されています。判断のあとで描き直し、次の回に表示します。", edited_told: "カット表はすでに変更されています。次の制作で作られます。",
    preview: "プレビュー", preview_rough: "プレビューはリグによる構図と配置のみで、仕上がりの絵柄ではありません。", preview_of: "{cut} のプレビュー", save_edit: "カット表に保存", undo: "元に戻す", discard: "取り消す",
    saved_edit: "第{n}版として保存しました：{changes}", unsaved: "未保存 {n} 件", restored: "カット表を第{n}版として戻しました。", versions: "カット表の版", use_again: "この版に戻す", version: "第{n}版", in_use: "使用中", first_version: "最初の版", same_again: "プロンプトまたは書式のみ", and_more: "ほか {n} 件", no_versions: "まだ版がありません。",
    about_framing: "画面", about_light: "時刻と天候", about_times: "時間（コマ）", about_prompts: "プロンプト", empty_built: "空欄：カットと設定から作成",
    k_edit: "カットを編集",
    new_episode: "新しい作品", script: "脚本", drop: "脚本をここにドロップ（.fountain、.fdx、.txt、.md）", pick_file: "ファイルを選ぶ", search: "検索", no_scripts: "このプロジェクトにはまだ脚本がありません。", loading: "読み込み中", never_made: "未制作",
    replace_script: "プロジェクトの脚本を置き換える", look: "絵柄", no_sample: "見本なし", stops_at: "チェックで止める", show: "シリーズ", show_beside: "脚本と同じ場所の設定（あれば）", takes_each: "カットごとのテイク数", takes_usual: "絵柄の設定どおり",
    reading_script: "脚本を読んでいます。", choose_script: "脚本を選んでください。制作の前に読み取りを確認します。", lines: "台詞", film_length: "尺", time_needed: "制作時間", not_measured: "まだ測定していません", about: "約{time}", by_profile: "絵柄の目安、CPU 2コア", by_runs: "これまでの制作から", memory: "メモリ", money: "費用", money_none: "なし：すべて手元の機械で動きます", money_server: "モデルのサーバーの料金",
    cast: "登場人物", read_well: "すべての行を書かれたとおりに読み取りました。", start: "制作を始める", starting: "始めています。数秒かかります。", try_again: "もう一度", ordered_again: "続きから始めます。できたものは作り直しません。",
    doing_: "制作中", doing_direction: "演出中", doing_voice: "録音中", doing_panel: "作画中", doing_take: "動画作成中", doing_segment: "編集中", doing_effect: "効果音作成中", doing_music: "作曲中", doing_mix: "ミックス中", doing_join: "結合中", doing_document: "書類作成中", doing_story: "執筆中", doing_sheet: "候補を作画中",
    n_of_m: "{n}/{m}", left: "残り約{time}", in_s: "{n}秒", in_min: "{n}分", in_h: "{h}時間{n}分", download: "ダウンロード", file_film: "本編", file_subtitles: "字幕", file_timeline: "タイムライン", file_stem: "ステム", file_sheet: "カット表",
    playlist: "連続再生", play_all: "すべて再生", play_picked: "{n}本を再生", pick: "{title} を再生リストに入れる", nothing_to_play: "再生できる作品がまだありません。", open_room: "開く", empty_starts: "まだ作品がありません。「新しい作品」から始めてください。",
    board: "進行", board_todo: "未制作", board_redo: "リテイク", board_changed: "要更新・編集済", board_ready: "確認待ち", board_done: "承認済",
    draw: "画面に描き込む", undo_line: "最後の線を消す", drawing: "描き込み", drawn: "描き込み {n} 本", before: "前", after: "今", before_and_after: "前後を比べる", way_beside: "並べる", way_wipe: "ワイプ", way_difference: "差分", wipe_edge: "ワイプの位置",
    unseen_cuts: "未確認：{cuts}", stale_cuts: "要更新：{cuts}", edited_cuts: "編集済（この判断のあとで描き直し、次の回に表示）：{cuts}", k_wipe: "並べる・ワイプ・差分", k_draw: "画面に描き込む",
    loras: "LoRA", lora_no_gain: "どの強さでも、LoRAなしより原画に近づいていません。", lora_none: "まだ検証されたLoRAはありません。まず：sakuga lora validate ファイル", lora_painter: "作画 {painter}", lora_trigger: "トリガー", lora_learnt: "第{n}世代：承認された絵 {takes}枚、データの{share} %", lora_refused: "却下", lora_without: "なし", lora_now: "現在の設定 {n}", lora_strength: "強さ {n}", lora_proposed: "推奨", lora_art: "学習に使っていない原画", lora_floor: "半分どうしの距離 {n}",
    lora_style: "画風", lora_nearer: "近づいた割合", lora_features: "特徴", lora_identity: "本人らしさ", lora_legible: "読み取り", lora_motion: "動き", lora_meant: "画風：色・線・塗りの原画からの距離（0は同じ）。近づいた割合：「なし」から原画までの道のりのうち進んだ割合。特徴：自社の判定モデルで見た同じ距離。本人らしさ：キャラクターの色の近さ。読み取り：カットの内容がまだ読み取れるか。アニメーターのLoRAは、最初のフレームから最後までを縦に並べて示す。動き：4分の1秒ごとの明るさの変化の平均（255段階）。",
    lora_pick: "どの強さで", lora_approve: "強さ {n} で承認する", lora_refuse: "却下する", lora_approved: "強さ {n} で承認しました", lora_next: "設定に入れるには：", lora_note_hint: "却下には理由が要ります。何を直すべきか。", lora_wants_reason: "却下には理由を書いてください。", lora_stays: "この判断は台帳に残ります。設定に入れるまで、このLoRAは使われません。", lora_keys: "← → 強さ　↑ ↓ カット",
    unlike: "キャラ崩れ？", castings: "キャラクター", cast_none: "候補はまだありません。まず：sakuga cast 名前 --show シリーズ", cast_by: "作画 {painter}、絵柄 {profile}", cast_again_for: "描き直しの理由：", cast_unread: "{painter} はメモを読みません。シードだけが違います。", cast_views: "比べる絵", candidate: "候補{n}", cast_enlarge: "拡大", cast_no_view: "なし", cast_note_hint: "描き直すときは、どう変えるか。承認のときは記録に残ります。",
    cast_approve: "候補{n}を承認する", cast_pick_first: "候補を選んでください", cast_again: "ほかの候補を描く", cast_locks: "承認した設定画はロックされ、次の制作から参照画像としてモデルに渡されます。期限 {t}", cast_approved: "候補{n}を承認しました", cast_withdrawn: "古い候補です。キャラクターかモデルが変わりました。", cast_expired: "期限までに判断がありませんでした。同じコマンドで再開できます。", cast_in_bible: "設定に入りました：{file}", cast_not_here: "設定ファイルはこの機械にありません。待っている制作が保存します。", cast_run_draws: "待っている制作が次の候補を描きます。", cast_command: "次の候補を描くには", cast_command_too: "または", cast_draw: "次の候補を描く", cast_earlier: "以前の回 {n}", cast_keys: "← → 候補　↑ ↓ 絵",
    view_sheet: "設定画", view_front: "正面", view_three_quarter: "斜め", view_profile: "横", view_back: "後ろ", view_face: "顔", view_happy: "喜", view_angry: "怒", view_sad: "哀", view_surprised: "驚",
  },
};

const REASONS = {
  off_model: ["Off model", "キャラ崩れ"], expression: ["Expression", "表情・芝居"], timing: ["Timing", "タイミング"],
  camera: ["Camera", "カメラワーク"], layout: ["Layout", "レイアウト"], color: ["Colour", "色・仕上げ"],
  continuity: ["Continuity", "つながり"], motion: ["Motion", "動き"], line_sync: ["Lip sync", "口パク"],
  sound: ["Sound", "音響"], text: ["Text", "文字"], other: ["Other", "その他"],
};

const MEASURES = {
  sharpness: ["Sharpness", "鮮鋭度"], flicker: ["Flicker", "ちらつき"], motion: ["Motion", "動き"], warping_error: ["Warping", "歪み"],
  first_frame_similarity: ["Like its panel", "コンテ一致"], identity: ["On model", "キャラ一致"], line_sync: ["Lip sync", "口パク"],
};

export const CODES = Object.keys(REASONS);

let language = recalled() ?? (navigator.language?.startsWith("ja") ? "ja" : "en");

function recalled() {
  try {
    const kept = localStorage.getItem("sakuga:language");
    return kept === "ja" || kept === "en" ? kept : null;
  } catch {
    return null; // a browser that keeps nothing: its own language then
  }
}

export const spoken = () => language;
export const reason = (code) => REASONS[code]?.[language === "ja" ? 1 : 0] ?? code;

export const measure = (name) => MEASURES[name]?.[language === "ja" ? 1 : 0] ?? name.replaceAll("_", " ");

export function speak(chosen) {
  language = chosen;
  try {
    localStorage.setItem("sakuga:language", chosen);
  } catch {
    // said for this visit only
  }
  document.documentElement.lang = chosen;
}

/** The words for a key, with {names} filled in. */
export function t(key, filled = {}) {
  const words = WORDS[language][key] ?? WORDS.en[key] ?? key;
  return words.replace(/\{(\w+)\}/g, (_, name) => filled[name] ?? "");
}
