namespace DistRec.Numerics.Random;

/// <summary>Random orders of entities, by a key that each of them draws from its own stream.</summary>
public static class EntityOrder
{
    /// <summary>A random permutation of 0 … <paramref name="count"/> − 1. An entity's key hangs on its global index alone, so that partitions agree on who comes first.</summary>
    /// <param name="count">How many entities.</param>
    /// <param name="seed">The job's seed.</param>
    /// <param name="purpose">What the order is for.</param>
    /// <param name="first">Global index of the first of them.</param>
    public static int[] Shuffle(int count, ulong seed, RandomPurpose purpose, int first = 0)
    {
        ulong[] keys = new ulong[count];
        int[] order = new int[count];
        for (int index = 0; index < count; index++)
        {
            keys[index] = new EntityRandom(seed, purpose, first + index).NextUInt64();
            order[index] = index;
        }

        Array.Sort(keys, order);
        return order;
    }
}
