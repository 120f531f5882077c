import { serverSentComment, serverSentEvent, serverSentFields } from './server-sent-event.js';

describe('Server-sent events', () => {
  it('have a line for each field, in the order given, and for each line of a value', () => {
    expect(serverSentEvent({ event: 'row', id: '7', data: '{"a":1}' })).toBe('event: row\nid: 7\ndata: {"a":1}\n\n');
    expect(serverSentEvent({ id: '7', event: 'row' })).toBe('id: 7\nevent: row\n\n');
    expect(serverSentEvent({ data: 'a\n\nb' })).toBe('data: a\ndata: \ndata: b\n\n');
    expect(serverSentFields({ event: 'row' })).toBe('event: row\n');
    expect(serverSentComment('still here')).toBe(': still here\n\n');
  });
});
