/** Two tones from the loudspeaker, made here: no file, nothing to fetch. */

const TONES_HZ = [784, 988, 784, 988] as const;
const TONE_SECONDS = 0.22;
const LOUD = 0.5;

export class Speaker {
  private context: AudioContext | null = null;

  /** The browser does not let a page sound that nobody has touched. */
  get isRefused(): boolean {
    return this.context !== null && this.context.state !== "running";
  }

  /** Get ready; a browser that refuses is asked again at every ring. */
  prepare(): void {
    this.context ??= new AudioContext();
    if (this.context.state !== "running") this.context.resume().catch(() => undefined);
  }

  ring(): void {
    this.prepare();
    const { context } = this;
    if (context === null || context.state !== "running") return;
    TONES_HZ.forEach((frequency, number) => {
      const from = context.currentTime + number * TONE_SECONDS;
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.frequency.value = frequency;
      // Without a ramp at both ends a loudspeaker clicks.
      volume.gain.setValueAtTime(0, from);
      volume.gain.linearRampToValueAtTime(LOUD, from + 0.02);
      volume.gain.linearRampToValueAtTime(0, from + TONE_SECONDS);
      tone.connect(volume).connect(context.destination);
      tone.start(from);
      tone.stop(from + TONE_SECONDS);
    });
  }
}
