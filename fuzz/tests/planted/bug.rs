//! The bugs, each in a few words.

/// An enum of mistakes, each with what is done wrong in words.
macro_rules! mistakes {
    ($name:ident: $($(#[doc = $subject:literal])? $mistake:ident = $words:literal,)+) => {
        /// One thing that is done wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name {
            $($(#[doc = $subject])? $mistake,)+
        }

        impl $name {
            /// Every one.
            pub(crate) const ALL: &[$name] = &[$($name::$mistake,)+];

            /// What is done wrong.
            pub(crate) fn words(self) -> &'static str {
                match self {
                    $($name::$mistake => $words,)+
                }
            }
        }
    };
}

pub(crate) use mistakes;

mistakes! {
    Bug:

    /// Reading a pattern.
    CanonicalKeepsCapitals = "a pattern is saved with the capitals it was written with",
    CanonicalKeepsNonAscii = "a non-ASCII label is saved as written, not as an A-label",
    CanonicalKeepsRootDot = "a pattern is saved with its root dot",
    ParenthesesAsBraces = "`(a,b)` is read as `{a,b}`",
    PatternPathCutOff = "a path behind the host of a pattern is cut off in silence",
    PatternOneByteTooLong = "a pattern of 1,025 bytes is accepted",
    AlternativesUnlimited = "the written-out alternatives of a pattern are not counted",
    DoubleStarAsStar = "`**` is read as `*`",
    UnderscoreInPatternRefused = "`_` is refused in a pattern",
    MessageBesideTheText = "the span of an error ends behind the text",

    /// Matching one pattern.
    DotIsAnyCharacter = "`.` of a pattern takes any character",
    StarTakesDot = "`*` takes a dot",
    StarTakesColon = "`*` takes a colon",
    StarTakesSlash = "`*` takes everything up to the end of the text, slashes too",
    StarNeedsACharacter = "`*` needs a character",
    StarWithoutHyphen = "`*` takes letters and digits only",
    StarTakesThree = "`*` takes three characters at most",
    WildcardsWithoutZ = "wildcards leave out the last letter of the alphabet",
    QuestionIsOptional = "`?` takes nothing or one",
    QuestionTakesDot = "`?` takes a dot",
    SetTakesDot = "a set takes a dot besides its members",
    RangeWithoutItsEnd = "a range leaves out its last character",
    HyphenOfSetLost = "the `-` at the end of a set is lost",
    EndOpen = "the end is not anchored",
    StartOpen = "the start is not anchored",
    AlternationUngrouped = "braces are not grouped: `a{b,c}d` is `ab` or `cd`",
    FirstAlternativeOnly = "only the first alternative of braces is read",
    EmptyAlternativeDropped = "the empty alternative of braces is dropped",
    PortAsPrefix = "a port is compared as a prefix",
    PortIgnored = "the port of a pattern is ignored",
    PortRefused = "a pattern without a port refuses an origin with one",
    PortAssumed = "a bare host without a port has 443",
    AddressCutShort = "an address is compared without its last group",

    /// Matching a list.
    LastRuleFirst = "the last rule that matches is called the first",
    FirstRuleOnly = "of several rules that match only the first is found",
    LastRuleLost = "the last rule of a list of several is never asked",
    RulesBehindTheFourthLost = "rules behind the fourth are lost",
    CrossTalk = "the first label of one rule and the rest of another match together",
    DuplicatesNumbered = "a duplicate takes a number, and the rules behind it are off by one",
    IsMatchOfFirstRule = "whether any rule matches is answered by the first rule",
    LongListTakesAll = "a list of five rules or more matches everything",

    /// Looking up a host in an index.
    HostCutTo32 = "of a host only the last 32 characters are looked at",
    HostCutTo64 = "of a host only the last 64 characters are looked at",
    StarLabelsAreOne = "several `*` labels in front are taken as one",
    ApexIsParent = "`*.` in front may be nothing at all",
    PortOfFirstRule = "of rules for the same host only the first one's port is asked for",

    /// Reading a host.
    ControlsFolded = "a control character in a host is read as the character 32 above it",
    CapitalsInHost = "the letters of a host are not brought to lower case",
    RootDotOfHostKept = "the root dot of a host is kept",
    UnderscoreInHostRefused = "a host with `_` is refused",
    EmptyLabelAccepted = "a host with an empty label is read",
    TwoRootDotsAccepted = "a host with two root dots is read",
    LongLabelAccepted = "a label of more than 63 bytes is read",
    LongHostAccepted = "a host of more than 253 bytes is read",
    NumberAccepted = "a host that ends in a number is read as a name",
    ShortAddressAccepted = "`127.1` is read as `127.0.0.1`",
    LongAddressRefused = "an IPv6 address written in more than 39 characters is refused",
    ZoneDropped = "the zone of an IPv6 address is dropped",
    PunycodeUnchecked = "a label that begins with `xn--` is not checked",
    PercentDecoded = "a percent-encoded host is decoded",
    FullWidthDotMapped = "an ideographic full stop is a dot",

    /// Reading a port.
    EmptyPortAccepted = "a colon without a port is read",
    LeadingZerosAccepted = "a port with leading zeros is read",
    PortWraps = "a port beyond 65535 wraps",
    PortZeroAccepted = "port 0 is read",
    NoDefaultPort = "a scheme has no default port",
    HttpPortForAll = "every scheme has port 80",

    /// Reading a header.
    UserInfoSkipped = "user info is skipped",
    UserInfoAsHost = "user info is taken as the host",
    BackslashEndsHost = "a backslash ends the authority",
    OriginWithPath = "an `Origin` with a path is read",
    OnlySlashEndsReferer = "only a slash ends the authority of a `Referer`",
    ListOfOrigins = "of several origins in one value the first is read",
    InnerBlanksRemoved = "tabs and line breaks inside a value are removed",
    OtherBlanksTrimmed = "other blanks than space and tab are trimmed",
    LongOriginAccepted = "an `Origin` of more than 512 bytes is read",
    LongRefererAccepted = "a `Referer` of more than 8,192 bytes is read",
    NullInAnyCase = "`NULL` is a `null` origin",
    NullReferer = "a `Referer: null` is a `null` origin",
    SchemeOfAnyForm = "a scheme may have any form",
    SchemeCapitalsKept = "the scheme is not brought to lower case",
    SchemeSlashesOptional = "one slash behind the scheme is enough",

    /// Deciding.
    FirstOfTwoHeaders = "of a header given twice the first counts",
    LastOfTwoHeaders = "of a header given twice the last counts",
    EqualHeadersAreOne = "a header given twice with one value counts once",
    EmptyHeaderMalformed = "an empty header is malformed",
    MalformedIsMissing = "a malformed header is taken as missing",
    UploadReadsReferer = "an upload without `Origin` is judged by `Referer`",
    RefererBeforeOrigin = "delivery is judged by `Referer` where there is one",
    RefererRescues = "a malformed `Origin` is rescued by a `Referer`",
    NullIsMissing = "a `null` origin is taken as missing",
    NullBeforeReferer = "a `null` origin decides although there is a `Referer`",
    BlockMissingIgnored = "`block_missing` is ignored, missing headers pass",
    BlockMissingAlways = "missing headers never pass",
    BlockMissingSwapped = "the defaults of `block_missing` are swapped",
    AnyScheme = "every scheme is supported",
    SchemeAsPrefix = "a scheme that begins with `http` is supported",
    NamedSchemesIgnored = "schemes that the gate names are not supported",
    OffDecides = "a list that is off decides",
    EmptyListIsOff = "a list without patterns is off, whatever its mode",
    BrokenListIsOff = "a list all of whose patterns are broken is off",
    ReportBlocks = "a list in report mode blocks",
    ReportHidesReason = "a list in report mode says that it is off",
    NearMissOfAllowed = "an allowed request has a near miss",
}
