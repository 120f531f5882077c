import { Controller, Get, Header, Inject, Req, Res, StreamableFile, UseFilters, VERSION_NEUTRAL } from '@nestjs/common';
import { DetailExceptionFilter } from '@millrace/core/errors';
import { type FrameworkResponse, queryOf, setHeaders, STORED_PICTURE_HEADERS } from '@millrace/core/http';
import { AccessArea, assertScope, principalOf } from '@millrace/core/security';
import { Conversions } from '../engine/conversion/conversion.js';
import { convertEntries } from '../engine/conversion/convert-entries.js';
import { blackPicture } from '../engine/conversion/image.js';
import { StreamClients } from '../engine/numbers/stream-clients.js';
import { parseCount } from '../engine/query.js';
import { parseLastEntryIds } from '../engine/entry-id.js';
import { splitStreams } from '../engine/stream-name.js';
import { StreamStatistics } from '../api/stream-statistics.js';
import { StreamStore } from '../api/stream-store.js';
import { STREAM_STORE_SETTINGS, STREAMS_AREA, type StreamStoreSettings } from '../stream-store.options.js';
import { newsStream } from './news-stream.js';
import { OpenAnswers } from './open-answers.js';
import { ShownPicture } from './shown-picture.js';
import { nameBehind } from './request-url.js';

const STAND_IN_SIZE = { width: 760, height: 428 };

/**
 * `/mjpeg/{id}`: a stream of pictures for an `<img>` element (stream-store§10). It starts with a black picture. The last one
 * is sent again soon, since browsers draw a picture when the next begins, and each 3 s without news. An entry that is not a picture is passed over. Unlike the original it asks for a
 * token, which an `<img>` can bring as `?token=` or by the cookie.
 */
@AccessArea(STREAMS_AREA)
@UseFilters(DetailExceptionFilter)
@Controller({ path: 'mjpeg', version: VERSION_NEUTRAL })
export class MjpegController {
  constructor(
    private readonly store: StreamStore,
    private readonly statistics: StreamStatistics,
    private readonly conversions: Conversions,
    private readonly answers: OpenAnswers,
    private readonly clients: StreamClients,
    @Inject(STREAM_STORE_SETTINGS) private readonly settings: StreamStoreSettings,
  ) {}

  @Get(':id')
  @Header('Cache-Control', 'no-store')
  async pictures(
    @Req() request: object,
    @Res({ passthrough: true }) response: FrameworkResponse,
  ): Promise<StreamableFile> {
    const streams = splitStreams(nameBehind('mjpeg', request), this.settings.limits);
    for (const stream of streams) assertScope(principalOf(request), `streams:read:${stream}`);
    setHeaders(response, STORED_PICTURE_HEADERS);
    const { statistics } = this;
    const query = queryOf(request);
    const count = parseCount(query, 1);
    const conversion = this.conversions.toJpeg(query.get('input'));
    const after = parseLastEntryIds(query.get('last_entry_id') ?? '$', streams.length);
    const standIn = part(await blackPicture(STAND_IN_SIZE.width, STAND_IN_SIZE.height));
    const shown = new ShownPicture(standIn);
    const follower = await this.store.openFollower(streams, { after });
    const answer = this.answers.open(response, { endless: true });
    this.clients.readUntil(answer.gone, streams);
    const body = newsStream({
      follower,
      streams,
      count,
      idleAfter: () => shown.dueIn,
      answer,
      opening: standIn,
      render: async function* ({ entries }) {
        for await (const { entry } of convertEntries(entries, conversion)) {
          if (entry) yield shown.replace(part(entry.data));
          else statistics.unreadable += 1;
        }
        // Where other entries come all the time, it would never be idle.
        if (shown.dueIn === 0) yield shown.repeat();
      },
      idle: () => shown.repeat(),
    });
    return new StreamableFile(body, { type: 'multipart/x-mixed-replace;boundary=frame' });
  }
}

function part(picture: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`),
    picture,
    Buffer.from('\r\n'),
  ]);
}
