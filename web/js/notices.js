/** お知らせ: what is closed or suspended, the library first (RULES 40). */

import { fillFrom } from "./filling.js";
import { noticeList } from "./notice-list.js";

fillFrom("notices", "/notices", noticeList);
