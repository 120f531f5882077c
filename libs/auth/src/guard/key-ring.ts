import { Inject, Injectable, Logger } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { AUTH_SETTINGS } from '../auth.constants.js';
import { AUTH_OPTIONS, optionError, type AuthSettings } from '../auth.options.js';
import { developmentSecret } from '../engine/development-secret.js';
import { loadTokenKey, namesKey, type TokenKey } from '../engine/token-key.js';

/** Fewer bytes than its hash has make an HS256 secret weaker than the hash (RFC 7518 section 3.2). */
const MIN_SECRET_BYTES = 32;

/** A key with the Nest service that signs and verifies with it. */
interface RingKey extends TokenKey {
  readonly jwt: JwtService;
}

/** The keys of one application: one signs, all verify. */
@Injectable()
export class KeyRing {
  /** Signs new tokens; undefined where only public keys are known and tokens come from elsewhere. */
  readonly signing: RingKey | undefined;
  private readonly byKid = new Map<string | undefined, RingKey>();

  constructor(@Inject(AUTH_SETTINGS) private readonly settings: AuthSettings) {
    for (const key of this.load()) {
      if (this.byKid.has(key.kid)) {
        throw optionError('jwt.keys', `has two keys with the kid ${key.kid ?? '(none)'}`);
      }
      this.check(key);
      this.byKid.set(key.kid, { ...key, jwt: this.serviceOf(key) });
    }
    this.signing = [...this.byKid.values()].find(({ signWith }) => signWith);
  }

  /** The key a token names, if its algorithm is the key's own: a token must not choose how it is verified. */
  find(kid: string | undefined, algorithm: unknown): RingKey | undefined {
    const key = this.byKid.get(kid);
    return key?.algorithm === algorithm ? key : undefined;
  }

  private load(): TokenKey[] {
    const { keys, ...single } = this.settings.jwt;
    if (keys && namesKey(single)) {
      throw optionError('jwt.keys', 'cannot stand beside a single key; put that key into the list');
    }
    if (keys) return keys.map((key, index) => loadTokenKey(key, `jwt.keys.${index}`));
    if (namesKey(single)) return [loadTokenKey(single, 'jwt')];
    return [this.madeForDevelopment()];
  }

  private madeForDevelopment(): TokenKey {
    const { production, dataDirectory, jwt } = this.settings;
    if (production) {
      throw optionError(
        'jwt.secret',
        'is missing: production needs a signing secret of at least 32 bytes, or key files (jwt.privateKeyFile, jwt.keys)',
      );
    }
    new Logger(AUTH_OPTIONS.name).log(`No signing key is configured; using the one kept in ${dataDirectory}`);
    return loadTokenKey({ secret: developmentSecret(dataDirectory), algorithm: jwt.algorithm }, 'jwt');
  }

  private check({ algorithm, verifyWith, kid }: TokenKey): void {
    const { production, jwt } = this.settings;
    if (jwt.algorithms && !jwt.algorithms.includes(algorithm)) {
      throw optionError('jwt.algorithms', `does not allow ${algorithm}, the algorithm of a key`);
    }
    if (production && verifyWith.type === 'secret' && (verifyWith.symmetricKeySize ?? 0) < MIN_SECRET_BYTES) {
      const name = kid === undefined ? 'jwt.secret' : `jwt.keys (${kid}).secret`;
      throw optionError(name, `is too short: production needs ${MIN_SECRET_BYTES} bytes`);
    }
  }

  private serviceOf({ algorithm, signWith, verifyWith, kid }: TokenKey): JwtService {
    const { issuer, audience, clockTolerance } = this.settings.jwt;
    return new JwtService({
      ...(verifyWith.type === 'secret' ? { secret: verifyWith } : { privateKey: signWith, publicKey: verifyWith }),
      signOptions: { algorithm, ...(kid === undefined ? {} : { keyid: kid }) },
      verifyOptions: {
        algorithms: [algorithm],
        clockTolerance: clockTolerance / 1000,
        ...(issuer === undefined ? {} : { issuer }),
        ...(audience === undefined ? {} : { audience }),
      },
    });
  }
}
