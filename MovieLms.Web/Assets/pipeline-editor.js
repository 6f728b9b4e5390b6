// Completes stages, operators and fields in the pipeline editor, indents lines and checks the JSON while it is written.

const MAX_SUGGESTIONS = 8;
const INDENT = "  ";

/** Returns the brackets that are open before the caret, such as "[{", without those in texts. */
export function openBrackets(text) {
  const stack = [];
  let isText = false;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    if (isText) {
      if (letter === "\\") i++;
      else if (letter === '"') isText = false;
    } else if (letter === '"') isText = true;
    else if (letter === "{" || letter === "[") stack.push(letter);
    else if (letter === "}" || letter === "]") stack.pop();
  }
  return stack.join("");
}

/** Returns the names that continue a word. Stages come first where a stage begins; a field may be written as a path ("$field"). */
export function complete(word, brackets, names) {
  const isStage = brackets === "[{";
  const fields = word.startsWith("$") ? names.fields.map((field) => "$" + field) : names.fields;
  const all = isStage ? names.stages : word.startsWith("$") ? [...names.operators, ...fields] : fields;
  const start = word.toLowerCase();
  return all.filter((name) => name.toLowerCase().startsWith(start) && name !== word).slice(0, MAX_SUGGESTIONS);
}

/** Returns the word before the caret. */
export function wordBefore(text) {
  return /[\w$.]*$/.exec(text)[0];
}

/** Returns a message about a text that is not JSON, or nothing. */
export function check(text) {
  try {
    return Array.isArray(JSON.parse(text)) ? "" : "A pipeline is a list of stages in brackets.";
  } catch (error) {
    return `Not complete yet: ${error.message}`;
  }
}

class Editor {
  constructor(root) {
    this.input = root.querySelector("textarea");
    this.collection = root.closest("form").querySelector("select[name=collection]");
    this.status = root.closest("form").querySelector("[role=status]");
    this.stages = root.dataset.stages.split(" ");
    this.operators = root.dataset.operators.split(" ");
    this.fields = JSON.parse(root.dataset.fields);
    this.list = document.createElement("ul");
    this.list.id = "suggestions";
    this.list.className = "suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Suggestions");
    this.list.hidden = true;
    root.append(this.list);
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-haspopup", "listbox");
    this.input.setAttribute("aria-controls", this.list.id);
    this.input.addEventListener("input", () => this.onInput());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("click", () => this.close());
    this.input.addEventListener("scroll", () => this.close());
    this.input.addEventListener("blur", () => this.close());
  }

  get before() {
    return this.input.value.slice(0, this.input.selectionStart);
  }

  get isOpen() {
    return !this.list.hidden;
  }

  onInput() {
    if (wordBefore(this.before)) this.suggest();
    else this.close();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.status.textContent = check(this.input.value)), 600);
  }

  onKey(event) {
    if (event.ctrlKey && event.key === " ") {
      this.suggest();
    } else if (this.isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      this.select(this.selected + (event.key === "ArrowDown" ? 1 : -1));
    } else if (this.isOpen && (event.key === "Enter" || event.key === "Tab")) {
      this.accept(this.list.children[this.selected].textContent);
    } else if (this.isOpen && event.key === "Escape") {
      this.close();
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.isComposing) {
      this.breakLine();
    } else if (event.key === "Enter" && !event.isComposing) {
      this.input.form.requestSubmit();
    } else {
      return;
    }
    event.preventDefault();
  }

  suggest() {
    const word = wordBefore(this.before);
    const fields = this.fields[this.collection.value] ?? [];
    const names = complete(word, openBrackets(this.before), { stages: this.stages, operators: this.operators, fields });
    if (names.length === 0) {
      this.close();
      return;
    }
    this.list.replaceChildren(
      ...names.map((name, index) => {
        const option = document.createElement("li");
        option.id = `suggestion-${index}`;
        option.setAttribute("role", "option");
        option.textContent = name;
        // A click would take the focus from the text first.
        option.addEventListener("mousedown", (event) => {
          event.preventDefault();
          this.accept(name);
        });
        return option;
      }),
    );
    this.list.hidden = false;
    this.place(word);
    this.select(0);
  }

  /** Places the list below the word. The text is in a font of fixed width and its lines do not wrap. */
  place(word) {
    const style = getComputedStyle(this.input);
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.font = style.font;
    const lines = this.before.split("\n");
    const column = lines.at(-1).length - word.length;
    const left = this.input.offsetLeft + parseFloat(style.paddingLeft) + column * canvas.measureText("0").width - this.input.scrollLeft;
    const top = this.input.offsetTop + parseFloat(style.paddingTop) + lines.length * parseFloat(style.lineHeight) - this.input.scrollTop;
    this.list.style.left = `${Math.max(0, Math.min(left, this.input.offsetLeft + this.input.clientWidth - this.list.offsetWidth))}px`;
    this.list.style.top = `${Math.min(top + 4, this.input.offsetTop + this.input.offsetHeight)}px`;
  }

  select(index) {
    const options = [...this.list.children];
    this.selected = (index + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === this.selected)));
    this.input.setAttribute("aria-activedescendant", options[this.selected].id);
  }

  close() {
    this.list.hidden = true;
    this.input.removeAttribute("aria-activedescendant");
  }

  accept(name) {
    const word = wordBefore(this.before);
    const end = this.input.selectionStart;
    const isQuoted = this.input.value[end - word.length - 1] === '"';
    this.input.setSelectionRange(end - word.length, end);
    this.insert(isQuoted ? name : `"${name}"`);
    this.close();
  }

  /** Starts a line with the indentation of the last one, and one step more after an opening bracket. */
  breakLine() {
    const line = this.before.slice(this.before.lastIndexOf("\n") + 1);
    const indent = /^\s*/.exec(line)[0];
    const opens = /[{[]\s*$/.test(line);
    const closes = /^\s*[}\]]/.test(this.input.value.slice(this.input.selectionEnd));
    this.insert("\n" + indent + (opens ? INDENT : ""));
    if (opens && closes) {
      const caret = this.input.selectionStart;
      this.insert("\n" + indent);
      this.input.setSelectionRange(caret, caret);
    }
  }

  /** Inserts text so that the browser can undo it. */
  insert(text) {
    if (!document.execCommand("insertText", false, text))
      this.input.setRangeText(text, this.input.selectionStart, this.input.selectionEnd, "end");
  }
}

for (const root of document.querySelectorAll(".editor")) new Editor(root);
