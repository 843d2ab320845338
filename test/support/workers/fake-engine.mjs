// Stand-in for the engine's process, to test starts and ends. The first argument is its behaviour.
const [behaviour] = process.argv.slice(2)
const ready = { type: 'ready', mediaOrigin: 'http://127.0.0.1:9', mediaToken: '0123456789abcdef0123' }

if (behaviour === 'crash') process.exit(3)
const refuse = (code, message) =>
  process.send({ type: 'failed', error: { code, message } }, () => process.exit(1))
if (behaviour === 'refuse') refuse('library-in-use', 'In use.')
else if (behaviour === 'damaged' && !process.argv.includes('--repair')) refuse('library-damaged', 'Damaged.')
else {
  process.on('SIGTERM', () => {
    if (behaviour !== 'stubborn') process.exit(0)
  })
  process.on('disconnect', () => process.exit(0))
  process.on('message', message => {
    if (message.type === 'die') process.kill(process.pid, 'SIGKILL')
    else process.send({ type: 'echo', message, env: Object.keys(process.env) })
  })
  if (behaviour !== 'silent') {
    process.send({ type: 'hello', version: '1' })
    const repaired = process.argv.includes('--repair') ? 'All is back.' : null
    process.send(
      behaviour === 'elsewhere' ? { ...ready, mediaOrigin: 'http://example.org:80' } : { ...ready, repaired },
    )
  }
  console.log('started')
}
