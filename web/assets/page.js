// The script of customer and staff pages. Everything here is comfort: each page also works without it.
import "htmx.org";
import "./submit_once.js";
import "./draft.js";
import "./live.js";
import "./refresh.js";
import "./small_comforts.js";
