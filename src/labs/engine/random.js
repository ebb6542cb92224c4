// Randomness with a seed: the same seed gives the same numbers in every browser.

const UNIT = 2 ** -53;

/** Chris Doty-Humphrey's sfc32, a generator with 128 bits of state that passes PractRand. */
export class Generator {
  constructor(seed = 0) {
    this.state = seeds(seed);
    this.spare = null;
    this.children = 0;
    this.seed = seed;
    for (let i = 0; i < 12; i++) this.bits(); // the first numbers of close seeds are alike
  }

  /** 32 random bits, as a whole number from 0 to 2^32 - 1. */
  bits() {
    const s = this.state;
    const sum = (s[0] + s[1] + s[3]) >>> 0;
    s[3] += 1;
    s[0] = s[1] ^ (s[1] >>> 9);
    s[1] = s[2] + (s[2] << 3);
    s[2] = ((s[2] << 21) | (s[2] >>> 11)) + sum;
    return sum;
  }

  /** A number in [0, 1), with 53 random bits. */
  random() {
    return ((this.bits() >>> 5) * 2 ** 26 + (this.bits() >>> 6)) * UNIT;
  }

  /** A number of mean 0 and variance 1, by Marsaglia's polar method, which makes two at a time. */
  standard_normal() {
    if (this.spare !== null) {
      const kept = this.spare;
      this.spare = null;
      return kept;
    }
    let u, v, s;
    do {
      u = 2 * this.random() - 1;
      v = 2 * this.random() - 1;
      s = u * u + v * v;
    } while (s >= 1 || s === 0);
    const stretch = Math.sqrt((-2 * Math.log(s)) / s);
    this.spare = v * stretch;
    return u * stretch;
  }

  /** A number in [low, high). */
  uniform(low, high) {
    return low + (high - low) * this.random();
  }

  /** A whole number from 0 to n - 1. */
  integer(n) {
    return Math.floor(this.random() * n);
  }

  /** The numbers 0 to n - 1 in random order (Fisher and Yates). */
  permutation(n) {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return order;
  }

  /** A generator of its own for a part of the whole, which takes no number from this one. */
  spawn() {
    this.children += 1;
    return new Generator(mix(mix(this.seed >>> 0) + this.children));
  }
}

/** Four well-mixed words from one number; its bits above 32 count too. */
function seeds(seed) {
  let word = mix((seed >>> 0) + mix(Math.floor(seed / 2 ** 32) >>> 0));
  return Uint32Array.from({ length: 4 }, () => (word = mix((word + 0x9e3779b9) >>> 0)));
}

/** A bijection of 32-bit words in which every bit depends on every bit (murmur3's finalizer). */
function mix(word) {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}
