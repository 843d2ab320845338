import { mount } from 'svelte'
import Window from './Window.svelte'
import './theme.css'
import { albums } from './state/albums.svelte.ts'
import { captions } from './state/captions.svelte.ts'
import { connection } from './state/connection.svelte.ts'
import { folders } from './state/folders.svelte.ts'
import { jobs } from './state/jobs.svelte.ts'
import { library } from './state/library.svelte.ts'
import { followMenus } from './state/menu-commands.ts'
import { models } from './state/models.svelte.ts'
import { navigation } from './state/navigation.svelte.ts'
import { preferences } from './state/preferences.svelte.ts'
import { runtimes } from './state/runtimes.svelte.ts'
import { connect } from './transport/connect.ts'

preferences.start(localStorage, document.documentElement)
connection.start(connect())
library.start(connection)
folders.start(connection)
jobs.start(connection)
albums.start(connection)
captions.start(connection)
models.start(connection)
runtimes.start(connection)
navigation.follow(history, window)
followMenus()
// What the system gave no hint of is found when somebody comes back to the window.
window.addEventListener('focus', () => void connection.call('folders.look', {}).catch(() => undefined))

mount(Window, { target: document.querySelector('#app')! })
