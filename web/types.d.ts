/** What modules hand to each other. What the API answers is described in docs/openapi.json and not again here. */

type Answer = any;

/** What an element can be made with. */
type Child = Node | string | null | undefined | false | Child[];

type Attributes = Record<string, unknown>;

/** A term and what it is; left out without a text. */
type Fact = [term: string, text: Child];

/** Something wrong: what is said, and the field or the place of the page it is about. */
type Fault = { message: string; field?: string; target?: string };

/** One of the views of a page: its place in the address and in the links, and how it is filled. */
type View = {
    id: string;
    label?: string;
    title?: string;
    /** Its link stands behind the menu on a narrow screen. */
    aside?: boolean;
    /** It has no link of its own. */
    hidden?: boolean;
    /** The view whose link leads towards it. */
    under?: string;
    load: (app: App, ...details: string[]) => Promise<Child[]>;
};

type App = import("./js/app.js").App;

/** Whose accounts: staff and facilities have a pool of their own. */
type Pool = "patron" | "staff";

/** What is asked for before somebody is let in; the answer to it says what is asked next, or nothing. */
type Challenge = {
    /** Cognito's name for it. */
    kind: string;
    /** What the authenticator is to be given. */
    key?: string;
    answer: (text: string) => Promise<Challenge | undefined>;
};

/** Give what was asked for, and go on with what is asked next. */
type Give = (text: string) => Promise<void>;

/** Who may sign in to a page, and what its sign-in says. */
type SignIn = {
    pool: Pool;
    title: string;
    lead: string;
    group: string;
    /** How the name to sign in with is called. */
    label: string;
    hint?: string;
    /** It is a card's number. */
    digits?: boolean;
    /** Said to who is signed in and of another group. */
    others: string;
    /** They may stay signed in on a device of their own. */
    stays?: boolean;
    /** Other pages that the links lead to. */
    ways?: [href: string, label: string][];
    onSignOut?: () => void;
    below?: () => Child;
};

/** What to do with a book or bag that was scanned: a colour, large letters, lines and elements below them. */
type Instruction = { kind: string; title: string; lines?: string[]; below?: Child[] };

/** The answers of an application as far as they are typed in. */
type Draft = Answer;

type Checked = { value?: string; fault?: string };

/** Leave to upload one photo. */
type Ticket = { slot: string; url: string; fields: Record<string, string> };

/** How a place is called. */
type Named = (place: string) => string;

/** A rectangle within a picture, in parts of the whole. */
type Part = { left: number; top: number; right: number; bottom: number };

/** A question of the application: the fields it asks for. */
type Step = { id: string; title: (kind: string) => string; fields: string[] };

/** An application as staff see it: its lists, and whatever else the API tells of it. */
type Application = {
    slots: Answer[];
    images: Answer[];
    documents: string[];
    differences: string[];
    duplicates: Answer[];
    [field: string]: Answer;
};

/** A patron as staff see them. */
type Patron = { holds: Answer[]; loans_now: Answer[]; [field: string]: Answer };

/** Who stands at the counter, what they have at home, and what waits for them. */
type Visitor = { number: string; record: Patron; onLoan: Set<string>; ready: Answer[] };

/** A facility as anybody may know it. */
type Facility = {
    number: number;
    name: string;
    municipality: string;
    district: string;
    gives_out_kits: boolean;
    /** In degrees, if they are known. */
    latitude?: number;
    longitude?: number;
};

/** What can be applied for. */
type Kind = { label: string; hint: string; kit: boolean; needed: string[]; open: string[] };

/** What becomes of one photo of an application. */
type Slot = { slot: string; status: string; reason?: string; seen_at?: string; warning?: string };

/** Where an application is, as whoever made it may know. */
type ApplicationStatus = { status: string; message: string; missing_slots: string[]; slots?: Slot[] };

/** What a facility records of a bag. */
type Deed = "handed_over" | "taken_back" | "arrived" | "missing";

/** Something recorded that is not sent yet: its id, when and where it was done, with which bag; why, if it was refused. */
type Act = { id: string; at: string; facility: number; bag: string; card: string; deed: Deed; refused?: string[] };
