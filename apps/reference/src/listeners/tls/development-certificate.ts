import { KeyObject, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate for trying things out, all as PEM. */
export interface DevelopmentCertificate {
  /** The authority, for clients to trust. Its key is thrown away, so it can never sign anything else. */
  readonly authority: string;
  readonly cert: string;
  readonly key: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY = 24 * 3600 * 1000;
/** No longer than browsers take. */
const VALID_DAYS = 396;

/** Makes a certificate for host names and addresses, signed by an authority of its own. */
export async function makeDevelopmentCertificate(hosts: readonly string[]): Promise<DevelopmentCertificate> {
  const [issuerKeys, keys] = await Promise.all([generateKeys(), generateKeys()]);
  const dates = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + VALID_DAYS * DAY) };
  const issuer = 'CN=Millrace development authority';
  const authority = await X509CertificateGenerator.createSelfSigned({
    name: issuer,
    keys: issuerKeys,
    signingAlgorithm: ALGORITHM,
    ...dates,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=Millrace development server',
    issuer,
    publicKey: keys.publicKey,
    signingKey: issuerKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    ...dates,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(hosts.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }))),
    ],
  });
  return { authority: authority.toString('pem'), cert: certificate.toString('pem'), key: exportKey(keys) };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function exportKey({ privateKey }: webcrypto.CryptoKeyPair): string {
  return KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
}
