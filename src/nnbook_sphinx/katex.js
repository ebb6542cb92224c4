// Renders formulas: {formulas: [[latex, display], ...], macros} on stdin, [{html} or {error}, ...] on stdout.
const katex = require(process.argv[2]);
const { formulas, macros } = JSON.parse(require("fs").readFileSync(0, "utf8"));

const render = ([latex, displayMode]) => {
  try {
    const options = { displayMode, macros: { ...macros }, throwOnError: true, strict: "ignore" };
    return { html: katex.renderToString(latex, options) };
  } catch (error) {
    return { error: error.message };
  }
};

process.stdout.write(JSON.stringify(formulas.map(render)));
