import { ResponseError } from '@millrace/client/browser';
import { useState } from 'preact/hooks';
import { has, server } from '../../app/servers.js';
import { may } from '../../app/session.js';
import { Button } from '../../parts/controls/button.js';
import { Empty } from '../../parts/display/empty.js';
import { Heading } from '../../parts/display/heading.js';
import { Notice } from '../../parts/display/notice.js';
import { ShowLoaded } from '../../parts/loading/show-loaded.js';
import { useLoaded } from '../../parts/loading/use-loaded.js';
import { AddUser } from './add-user.js';
import { UserList } from './user-list.js';

/** How often the list is asked for, in milliseconds: others may change it too. */
const EVERY = 15_000;
const NOTICES_EVERY = 60_000;

/** The users of the server. */
export default function Users() {
  const [isAdding, setAdding] = useState(false);
  const users = useLoaded(() => server('users').users.list(), [], { every: EVERY });
  const { error } = users;
  const isElsewhere = error instanceof ResponseError && error.status === 501;

  return (
    <>
      <Heading
        title="Users"
        about="Who may log in by name and password, and what each may do. Programs that run for long are better off with a key."
      >
        {!isElsewhere && (
          <Button kind="main" onClick={() => setAdding(true)}>
            Add a user
          </Button>
        )}
      </Heading>
      <DevelopmentLogins />
      {isElsewhere ? (
        <Empty>The users of this server are kept elsewhere, and are managed there.</Empty>
      ) : (
        <ShowLoaded of={users} what="the users">
          {(found) => <UserList users={found} onChanged={users.reload} />}
        </ShowLoaded>
      )}
      {isAdding && (
        <AddUser
          names={users.value?.map(({ name }) => name) ?? []}
          onDone={users.reload}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  );
}

/** Says it where logins do not ask this list. */
function DevelopmentLogins() {
  const canAsk = has('statistics') && may('statistics:read');
  const { value } = useLoaded(async () => (canAsk ? (await server('statistics').statistics()).notices : []), [canAsk], {
    every: NOTICES_EVERY,
  });
  const notice = value?.find(({ code }) => code === 'DEVELOPMENT_LOGIN');
  if (!notice) return null;
  return (
    <Notice kind="warning">
      <strong>Logins do not ask this list at present.</strong> {notice.text}. The users below count when the server runs
      in production. {notice.remedy}.
    </Notice>
  );
}
