/** Ways in which one and the same message may stand in a queue, by name. */
export const ENCODINGS: Readonly<Record<string, (json: string) => string>> = {
  raw: (json) => json,
  base64,
  'double base64': (json) => base64(base64(json)),
  'triple base64': (json) => base64(base64(base64(json))),
  'base64 in lines': (json) => `${base64(json).replace(/.{76}/g, '$&\r\n')}\n`,
  'base64 without padding': (json) => base64(json).replace(/=+$/, ''),
  'URL-safe base64': (json) => Buffer.from(json).toString('base64url'),
  'byte order mark and blanks': (json) => `\ufeff \r\n\t${json}\n\n`,
  'base64 of byte order mark and blanks': (json) => base64(`\ufeff\n ${json} \n`),
  'pretty-printed': (json) => JSON.stringify(JSON.parse(json), null, 2),
  'array of one': (json) => `[${json}]`,
  'topic, XML': topicXml,
  'topic, XML with CDATA': (json) => topicXml('').replace('<Message>', () => `<Message>${cdata(json)}`),
  'topic, XML around base64': (json) => topicXml(base64(json)),
  'topic, base64 around XML': (json) => base64(topicXml(json)),
  'topic, JSON': topicJson,
  'topic, JSON around base64': (json) => topicJson(base64(json)),
  'topic, base64 around JSON around base64': (json) => base64(topicJson(base64(json)))
}

function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** The notification as the vendor's page prints it: PublishTime's end tag is not its own. */
export function topicXml(message: string): string {
  const escaped = message.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`)
  return `<?xml version="1.0" encoding="utf-8"?>
<Notification xmlns="http://mns.aliyuncs.com/doc/v1/">
  <TopicOwner>1100220033004400</TopicOwner>
  <TopicName>ecs-events</TopicName>
  <!-- one of many -->
  <Subscriber>1100220033004400</Subscriber>
  <SubscriptionName>to-queue</SubscriptionName>
  <PublishTime>1749605421975</MessagePublishTime>
  <MessageTag/>
  <Message>${escaped}</Message>
  <MessageMD5>B3DC7B94F472D1A689E9D99822D460F6</MessageMD5>
</Notification>`
}

export function topicJson(message: string): string {
  return JSON.stringify({
    TopicOwner: '1100220033004400',
    TopicName: 'ecs-events',
    SubscriptionName: 'to-queue',
    MessageId: '6CC4D900CA59A2CD-1-15180534A8F-200000001',
    Message: message,
    PublishTime: '1749605421975'
  })
}
