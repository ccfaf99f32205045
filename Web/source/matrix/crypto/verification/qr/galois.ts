// The field of 256 elements that QR codes compute in: polynomials modulo x^8 + x^4 + x^3 + x^2 + 1, with 2 as generator.
const EXPONENTS = new Uint8Array(512)
const LOGARITHMS = new Uint8Array(256)
for (let exponent = 0, value = 1; exponent < 255; exponent += 1) {
  EXPONENTS[exponent] = value
  EXPONENTS[exponent + 255] = value
  LOGARITHMS[value] = exponent
  value = value < 128 ? value << 1 : (value << 1) ^ 0x11d
}

/** The product of two elements. */
export function multiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : EXPONENTS[(LOGARITHMS[a] ?? 0) + (LOGARITHMS[b] ?? 0)] ?? 0
}

/** The generator's power. */
export function power(exponent: number): number {
  return EXPONENTS[exponent % 255] ?? 0
}

/** The Reed–Solomon remainder of `data`: `count` codewords that make it divisible by (x − 1)(x − 2)(x − 4) … */
export function errorCorrection(data: Uint8Array, count: number): Uint8Array {
  const generator = generatorOf(count)
  const remainder = new Uint8Array(count)
  for (const byte of data) {
    const factor = byte ^ (remainder[0] ?? 0)
    remainder.copyWithin(0, 1)
    remainder[count - 1] = 0
    for (let index = 0; index < count; index += 1) remainder[index] = (remainder[index] ?? 0) ^ multiply(generator[index] ?? 0, factor)
  }
  return remainder
}

/** Coefficients of the generator polynomial, highest first, without the leading one. */
function generatorOf(count: number): Uint8Array {
  const result = new Uint8Array(count)
  result[count - 1] = 1
  for (let root = 0; root < count; root += 1) {
    for (let index = 0; index < count; index += 1) {
      result[index] = multiply(result[index] ?? 0, power(root)) ^ (index + 1 < count ? result[index + 1] ?? 0 : 0)
    }
  }
  return result
}
