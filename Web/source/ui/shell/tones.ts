let context: AudioContext | undefined

/** Notes as [frequency in hertz, start in seconds]; each rings out softly. */
const melodies = {
  message: [[587.33, 0], [880, 0.09]],
  mention: [[659.25, 0], [880, 0.1], [1174.66, 0.2]],
} as const

/** Plays the short sound of a message or a mention, made on the spot. Silent until somebody has clicked or typed, as browsers want it. */
export function playTone(kind: keyof typeof melodies, volume = 0.12) {
  context ??= new AudioContext()
  if (context.state === "suspended") void context.resume()
  const now = context.currentTime + 0.01
  for (const [frequency, start] of melodies[kind]) {
    const oscillator = context.createOscillator()
    const gain = context.createGain()
    oscillator.type = "sine"
    oscillator.frequency.value = frequency
    gain.gain.setValueAtTime(0, now + start)
    gain.gain.linearRampToValueAtTime(volume, now + start + 0.012)
    gain.gain.exponentialRampToValueAtTime(0.0005, now + start + 0.32)
    oscillator.connect(gain).connect(context.destination)
    oscillator.start(now + start)
    oscillator.stop(now + start + 0.34)
  }
}
