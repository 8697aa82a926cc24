/** The pages of the demo stand at the moment of its record. */

import { travelTo } from "../js/moment.js";

travelTo("{{recorded_at}}");
