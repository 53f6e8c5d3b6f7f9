// fast-wrap-ansi under the name and shape of wrap-ansi.
export { wrapAnsi as default } from 'fast-wrap-ansi';
