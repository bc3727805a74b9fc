// What every page loads: htmx, and the few things that HTML alone cannot do. Pages work without it.
import "htmx.org";

import { warnOfUnsavedTyping } from "./parts/drafts";
import { openDialogs } from "./parts/dialogs";
import { announceHtmx } from "./parts/announce";
import { searchLongLists } from "./parts/choosing";
import { closeMenus } from "./parts/menus";
import { dropFiles } from "./parts/files";
import { showWhereWeAre } from "./parts/navigation";
import { pointAtErrors } from "./parts/errors";
import { watchTheLock } from "./parts/lock";
import { tellOfPrints } from "./parts/print";

document.documentElement.dataset["script"] = "on";
openDialogs();
warnOfUnsavedTyping();
announceHtmx();
closeMenus();
dropFiles();
showWhereWeAre();
searchLongLists();
pointAtErrors();
tellOfPrints();
watchTheLock();
