/** Two short notes, made here: no file is fetched. A page that nobody has touched yet may make no sound, and makes none. */
export function playTone(): void {
  const context = new AudioContext();
  const volume = context.createGain();
  volume.connect(context.destination);
  const from = context.currentTime;
  volume.gain.setValueAtTime(0.0001, from);
  volume.gain.exponentialRampToValueAtTime(0.08, from + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, from + 0.45);
  const note = context.createOscillator();
  note.frequency.setValueAtTime(660, from);
  note.frequency.setValueAtTime(880, from + 0.14);
  note.connect(volume);
  note.onended = () => void context.close();
  note.start(from);
  note.stop(from + 0.5);
}
