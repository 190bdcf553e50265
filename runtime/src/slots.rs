//! How a job remembers, in its type, which mappings it already has that it may have only once.
//!
//! A `Single` mapping type owns one slot. Slots are the leaves of a tree with eight branches at each node, so that the
//! compiler's work grows with the depth of the tree and the generated code with the number of mapping types.

use std::marker::PhantomData;

/// A slot that no mapping has taken.
pub enum Free {}

/// A slot that a mapping has taken.
pub enum Used {}

/// Eight slots, or eight groups of slots.
pub struct Slots8<A = Free, B = Free, C = Free, D = Free, E = Free, F = Free, G = Free, H = Free>(
    #[allow(clippy::type_complexity, reason = "it only holds the parameters")]
    PhantomData<fn() -> (A, B, C, D, E, F, G, H)>,
);

/// Sixty-four slots.
pub type Slots64 = Slots8<Slots8, Slots8, Slots8, Slots8, Slots8, Slots8, Slots8, Slots8>;

/// Five hundred and twelve slots.
pub type Slots512 = Slots8<Slots64, Slots64, Slots64, Slots64, Slots64, Slots64, Slots64, Slots64>;

/// The end of the way to a slot.
pub enum Here {}

/// The way to a slot: take branch `BRANCH`, then go on by `Rest`.
pub struct At<const BRANCH: u8, Rest = Here>(PhantomData<fn() -> Rest>);

/// Slots in which the one at `Way` is free.
pub trait Take<Way> {
    /// The same slots with that one used.
    type Next;
}

#[diagnostic::do_not_recommend]
impl Take<Here> for Free {
    type Next = Used;
}

macro_rules! take_branch {
    ($branch:literal: $($before:ident)* [$taken:ident] $($after:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<Rest, $($before,)* $taken: Take<Rest>, $($after,)*> Take<At<$branch, Rest>>
            for Slots8<$($before,)* $taken, $($after,)*>
        {
            type Next = Slots8<$($before,)* <$taken as Take<Rest>>::Next, $($after,)*>;
        }
    };
}

take_branch!(0: [A] B C D E F G H);
take_branch!(1: A [B] C D E F G H);
take_branch!(2: A B [C] D E F G H);
take_branch!(3: A B C [D] E F G H);
take_branch!(4: A B C D [E] F G H);
take_branch!(5: A B C D E [F] G H);
take_branch!(6: A B C D E F [G] H);
take_branch!(7: A B C D E F G [H]);
