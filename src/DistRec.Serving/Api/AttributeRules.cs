using DistRec.Serving.Events;

namespace DistRec.Serving.Api;

/// <summary>What attributes of an item or a user may be.</summary>
internal static class AttributeRules
{
    private const int MostAttributes = 50;
    private const int MostTexts = 100;

    /// <summary>Refuses too many, and texts that are none.</summary>
    /// <exception cref="InputException">There is something wrong.</exception>
    public static void Check(IReadOnlyDictionary<string, IReadOnlyList<string>> attributes)
    {
        if (attributes.Count > MostAttributes)
        {
            throw InputException.At(
                "attributes", $"at most {MostAttributes} names", $"{attributes.Count}", "leave out what nothing asks for");
        }

        foreach ((string name, IReadOnlyList<string>? texts) in attributes)
        {
            Require(EventRules.WhyTextRefused("attributes", "a name", name));
            if (texts is not { Count: <= MostTexts })
            {
                string found = texts is null ? "null" : $"{texts.Count}";
                throw InputException.At($"attributes.{name}", $"a list of at most {MostTexts} texts", found, "correct it");
            }

            foreach (string? text in texts)
            {
                Require(EventRules.WhyTextRefused($"attributes.{name}", "a text", text));
            }
        }
    }

    /// <summary>Refuses what a rule finds wrong.</summary>
    /// <exception cref="InputException">There is a fault.</exception>
    public static void Require(string? fault)
    {
        if (fault is not null)
        {
            throw new InputException(fault);
        }
    }
}
