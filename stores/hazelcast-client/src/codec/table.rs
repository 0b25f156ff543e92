//! How requests, answers and events are described: a line each, from which their types and bytes are made.

/// Requests: `TYPE Name Repeat { fields of fixed size } { parameters } -> Answer;`
macro_rules! requests {
    ($($kind:literal $name:ident $(<$life:lifetime>)? $repeat:ident
        { $($fixed:ident: $fixed_type:ty),* } { $($var:ident: $var_type:ty),* } -> $reply:ty;)*) => {$(
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name $(<$life>)? {
            $(pub(crate) $fixed: $fixed_type,)*
            $(pub(crate) $var: $var_type,)*
        }

        impl $(<$life>)? $crate::codec::Request for $name $(<$life>)? {
            const KIND: i32 = $kind;
            const NAME: &'static str = stringify!($name);
            const REPEAT: $crate::codec::Repeat = $crate::codec::Repeat::$repeat;
            type Reply = $reply;

            #[allow(unused_variables, unused_mut, reason = "some requests have no fields, or no parameters")]
            fn write(&self, out: &mut bytes::BytesMut, header: $crate::frame::Header) {
                let mut writer = $crate::frame::Writer::begin(out, Self::KIND, header, |out| {
                    $($crate::codec::Fixed::put(&self.$fixed, out);)*
                });
                $($crate::codec::Put::put(&self.$var, &mut writer);)*
                writer.finish();
            }
        }
    )*};
}

/// Answers with several parts: `Name { fields of fixed size } { parameters };`
macro_rules! replies {
    ($($name:ident { $($fixed:ident: $fixed_type:ty),* } { $($var:ident: $var_type:ty),* };)*) => {$(
        #[derive(Clone, Debug)]
        pub(crate) struct $name {
            $(pub(crate) $fixed: $fixed_type,)*
            $(pub(crate) $var: $var_type,)*
        }

        impl $crate::codec::Reply for $name {
            #[allow(unused_variables, unused_mut, reason = "some answers have no fields, or no parameters")]
            fn read(message: &$crate::frame::Message) -> Result<Self, $crate::codec::CodecError> {
                let mut bytes = message.fixed($crate::codec::RESPONSE);
                let mut frames = message.rest();
                Ok(Self {
                    $($fixed: $crate::codec::read::fixed(&mut bytes)?,)*
                    $($var: $crate::codec::Take::take(&mut frames)?,)*
                })
            }
        }
    )*};
}

/// Events: `TYPE Name { fields of fixed size } { parameters };`
macro_rules! events {
    ($($kind:literal $name:ident { $($fixed:ident: $fixed_type:ty),* } { $($var:ident: $var_type:ty),* };)*) => {$(
        #[derive(Clone, Debug)]
        pub(crate) struct $name {
            $(pub(crate) $fixed: $fixed_type,)*
            $(pub(crate) $var: $var_type,)*
        }

        impl $crate::codec::Event for $name {
            const KIND: i32 = $kind;

            #[allow(unused_variables, unused_mut, reason = "some events have no fields, or no parameters")]
            fn read(message: &$crate::frame::Message) -> Result<Self, $crate::codec::CodecError> {
                if message.kind() != Self::KIND {
                    return Err($crate::codec::CodecError::Kind(message.kind()));
                }
                let mut bytes = message.fixed($crate::codec::EVENT);
                let mut frames = message.rest();
                Ok(Self {
                    $($fixed: $crate::codec::read::fixed(&mut bytes)?,)*
                    $($var: $crate::codec::Take::take(&mut frames)?,)*
                })
            }
        }
    )*};
}

pub(crate) use {events, replies, requests};
