namespace Ploy.Language.Formatting.Completion;

/// <summary>Words without a plural; those that end in a plain s have none anyway.</summary>
internal static class UncountableWords
{
    /// <summary>The words in lower case.</summary>
    public static IReadOnlyList<string> All { get; } =
        """
        accommodation adulthood advertising advice aggression aid air aircraft alcohol anger applause arithmetic assistance bacon baggage
        beef biology blood botany bread butter carbon cardboard cash chalk chess chinese countryside dancing deer dignity dirt dust
        education electricity engineering enjoyment envy equipment evidence evolution fame fiction flour flu food fuel fun furniture garbage
        garlic gold golf gossip grammar gratitude grief guilt happiness hardware harm hate hatred health heat help homework honesty honey
        hospitality housework humour hunger hydrogen ice importance inflation information innocence iron irony jam japanese jewelry judo
        karate knowledge lack laughter lava leather leisure lightning linguine linguini literature litter livestock logic loneliness luck
        luggage macaroni machinery magic management mankind marble mayonnaise methane milk money mud music nature nitrogen nonsense nurture
        nutrition obedience obesity oxygen pasta patience poetry pollution poverty pride psychology publicity punctuation quartz racism
        relaxation reliability research respect revenge rice rubbish rum safety scenery seafood seaside shame sheep shopping sleep smoke
        smoking snow soap software soil spaghetti steam stuff stupidity sunshine symmetry thirst thunder timber traffic transportation trust
        underwear unemployment unity validity veal vegetarianism vegetation vengeance violence vitality warmth wealth weather welfare wheat
        wildlife wisdom yoga zinc zoology
        """.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
}
